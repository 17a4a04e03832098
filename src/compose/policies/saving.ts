import type { AuditLog } from "../../audit/log.ts";
import type { Problem } from "../../config/fault.ts";
import { type Config, digestOf, type Fault, type RuleConfig, readConfig, referencesIn, sectionsOf, withSections } from "../../config/index.ts";
import type { Facts } from "../../core/outcome.ts";
import type { Conflict, Save, SavedForm } from "../../surfaces/api/index.ts";
import { type HostFile, HostFileFault, readHostFile, replaceHostFile } from "../../surfaces/cli/host-file.ts";
import { Refusal } from "../../surfaces/http/refusal.ts";
import type { Proposals } from "./proposals.ts";
import type { Author } from "./versions.ts";

export interface SavingParts {
  /** The configuration file, absolute. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
  /** All that a reload asks of a configuration beyond its form. */
  readonly check: (config: Config) => readonly Problem[] | Promise<readonly Problem[]>;
  readonly inForce: () => { readonly config: Pick<Config, "rules" | "oversight">; readonly digest: string };
  /** What is wrong with the draft by itself, by its own lines. */
  readonly faults: (text: string) => readonly Fault[];
  readonly record: AuditLog["system"];
  /** What one person has saved where it takes two. */
  readonly proposals: Proposals;
  readonly now: () => number;
  /** The next version that is loaded, if it is this one, is theirs. */
  readonly author: (author: Author | undefined) => void;
  /** The ordinary reload, now; resolves to what is wrong with the file: nothing, where it is in force. */
  readonly look: () => Promise<readonly Fault[]>;
  /** What was loaded is kept among the versions. */
  readonly kept: () => Promise<void>;
}

export type Saving = (save: Save, by: string) => Promise<SavedForm | { readonly conflict: Conflict }>;

/**
 * Writes a draft into the file, and takes it into force as any other change of the file is. INVARIANT: who changes what is durable in the log before the
 * file is touched; a file that cannot be taken into force is put back; and nothing but `rules` and `tests` changes in it.
 */
export function savingOf(parts: SavingParts): Saving {
  const { path, env, readFile, check, inForce, record, look } = parts;
  let busy = false;

  const save = async ({ text, base, reason }: Save, by: string): ReturnType<Saving> => {
    const file = await readHostFile(path);
    if (file === undefined) throw new Refusal(409, "denied", "the configuration file is not there any more");
    const before = digestOf(file.text);
    if (before !== base) return { conflict: { digest: before, text: sectionsOf(file.text) ?? "" } };
    const wrong = [...referencesIn(text), ...parts.faults(text)];
    if (wrong.length > 0) return refused(wrong);
    const next = withSections(file.text, text);
    if (!next.ok) return refused([whole(next.why)]);
    const after = digestOf(next.text);
    if (after === before && after === inForce().digest) return { in_force: true, digest: after, faults: [] };
    const read = await readConfig(path, next.text, { env, readFile, check });
    if (!read.ok) return refused(read.faults);
    const changes = differences(inForce().config.rules, read.config.rules);
    const first = parts.proposals.seconded(by, before, after);
    // The configuration in force says whether it takes two; a draft cannot say otherwise, because it holds rules and tests alone.
    if (first === undefined && inForce().config.oversight.policy_approvals > 1) {
      await record("policy-proposed", { by, reason, before, after, ...changes });
      parts.proposals.put({ by, reason, at: parts.now(), text, before, after });
      return { in_force: false, proposed: true, digest: before, faults: [] };
    }
    await record("policy-saved", { by, ...(first === undefined ? {} : { proposed: first.by }), reason, before, after, ...changes });
    const undone = async (faults: readonly Fault[], why: string): Promise<SavedForm> => {
      await record("policy-restored", { by, before: after, after: before, why });
      return refused(faults);
    };
    try {
      parts.author({ digest: after, by: first === undefined ? by : `${first.by}, ${by}`, reason });
      await replaceHostFile(file, next.text);
    } catch (error) {
      const why = said(error);
      return undone([whole(why)], why);
    }
    const faults = await look();
    if (faults.length === 0 && inForce().digest === after) {
      // It is in force, and on record; that a text could not be kept for people is no failure of that.
      await parts.kept().catch(() => {});
      return { in_force: true, digest: after, faults: [] };
    }
    const back = await putBack(file, next.text);
    await look();
    return undone(faults.length > 0 ? faults : [whole("another version of the file came into force meanwhile")], back);
  };

  const refused = (faults: readonly Fault[]): SavedForm => ({
    in_force: false,
    digest: inForce().digest,
    faults: faults.map(({ line, column, message, hint }) => ({ line, column, message, ...(hint === undefined ? {} : { hint }) })),
  });

  return async (wanted, by) => {
    if (busy) throw new Refusal(409, "denied", "somebody is saving at this moment; try again");
    busy = true;
    try {
      return await save(wanted, by);
    } catch (error) {
      throw error instanceof HostFileFault ? new Refusal(409, "denied", said(error)) : error;
    } finally {
      parts.author(undefined);
      busy = false;
    }
  };

  async function putBack({ text }: HostFile, written: string): Promise<string> {
    try {
      const now = await readHostFile(path);
      if (now?.text !== written) return "not in force, and the file was changed by somebody else meanwhile: it stays as it is";
      await replaceHostFile(now, text);
      return "not in force; the file is as it was";
    } catch (error) {
      return `not in force, and the file could not be put back: ${said(error)}`;
    }
  }
}

/** Ids and kinds only: a rule that was made of a call may name people, and the log holds nobody in plain. */
function differences(before: readonly RuleConfig[], after: readonly RuleConfig[]): Facts {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const list = (ids: readonly string[]): string => ids.join(", ");
  const added = after.filter(({ id }) => !old.has(id)).map(({ id }) => id);
  const removed = [...old.keys()].filter((id) => !after.some((rule) => rule.id === id));
  const changed = after.flatMap((rule) => {
    const was = old.get(rule.id);
    if (was === undefined || JSON.stringify(was) === JSON.stringify(rule)) return [];
    const { mode, ...rest } = rule;
    const { mode: wasMode, ...wasRest } = was;
    const what = [...(mode === wasMode ? [] : [`${wasMode} to ${mode}`]), ...(JSON.stringify(rest) === JSON.stringify(wasRest) ? [] : ["other words"])];
    return [`${rule.id} (${what.join(", ")})`];
  });
  return Object.fromEntries(Object.entries({ added, removed, changed }).flatMap(([name, ids]) => (ids.length === 0 ? [] : [[name, list(ids)]])));
}

const whole = (message: string): Fault => ({ file: "draft", line: 1, column: 1, message });
const said = (error: unknown): string => (error instanceof HostFileFault ? error.message : "the file cannot be written");
