import { history } from "../../audit/history.ts";
import type { LogSource } from "../../audit/store.ts";
import { type Config, type Fault, readDraft, withAdded, withMode } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { defaultLabel, joinLabels } from "../../core/index.ts";
import { LOCAL_OPERATOR } from "../../core/local-operator.ts";
import type { Request } from "../../core/request.ts";
import { askedBy, checkPolicy, compilePolicy, describePolicy, type Pins, type Policy, permissionLayer } from "../../permission/index.ts";
import type { DraftForm, Policies, ReplayEvent, ReplayWanted, Trial, TrialForm } from "../../surfaces/api/index.ts";
import { decidedForm } from "../../surfaces/decided.ts";
import { judge } from "../../surfaces/evaluate.ts";
import { requestId } from "../../surfaces/http/trace.ts";
import { withToolAgents } from "../agents/tool-agents.ts";
import { type Composed, pinnedBy } from "../layers.ts";
import { holders } from "../people/people.ts";
import { written } from "../people/rule-from.ts";
import { systemClock as clock } from "../platform.ts";
import { createProposals } from "./proposals.ts";
import { replaying } from "./replaying.ts";
import { type Saving, type SavingParts, savingOf } from "./saving.ts";
import { textOf, type Versions } from "./versions.ts";

/** So many of the newest decisions are looked at to say how often a rule had a say. */
const LOOKED = 2_000;
const PAGE = 500;

/** So many replays run at once: each takes its share of the gateway's time. */
const MOST_REPLAYS = 2;

export interface PolicyParts {
  readonly current: () => Composed;
  readonly inForce: () => { readonly config: Config; readonly digest: string; readonly text: string };
  readonly pins: Pins;
  readonly log: LogSource;
  readonly versions: Versions;
  /** Absent where there is no file: then nobody may save. */
  readonly saving?: Omit<SavingParts, "faults" | "inForce" | "proposals" | "now">;
}

/** The policy in force as an operator sees it, what another would decide, and how that comes into force. */
export function policiesOf({ current, inForce, pins, log, versions, saving }: PolicyParts): Policies {
  const compiled = (config: Config): ReturnType<typeof compilePolicy> => compilePolicy(withToolAgents(config), pinnedBy(pins));
  /** The configuration with a draft's rules and tests in place of its own; what is wrong with that. */
  const drafted = (text: string): { readonly config: Config; readonly policy: Policy; readonly warnings: readonly Fault[] } | readonly Fault[] => {
    const read = readDraft(text);
    if (!read.ok) return read.faults;
    const config: Config = { ...current().config, ...read.draft };
    const faults = checkPolicy(config).map(read.locate);
    const policy = compiled(config);
    return faults.length > 0 || !policy.ok
      ? faults
      : { config, policy: policy.policy, warnings: policy.notes.filter(({ path }) => path[0] === "rules" || path[0] === "tests").map(read.locate) };
  };

  const proposals = createProposals();
  const save: Saving | undefined =
    saving &&
    savingOf({
      ...saving,
      inForce,
      proposals,
      now: clock.now,
      faults: (text) => {
        const made = drafted(text);
        return "length" in made ? made : [];
      },
    });
  const maySave = (name: string): boolean => {
    const { config } = current();
    return save !== undefined && (name === LOCAL_OPERATOR || config.oversight.policy_editors.some((role) => holders(config, role).includes(name)));
  };
  let replays = 0;
  async function* replayed(text: string, wanted: ReplayWanted, signal: AbortSignal): AsyncGenerator<ReplayEvent> {
    replays++;
    try {
      const made = drafted(text);
      if ("length" in made) return yield { event: "faults", data: { faults: made.map(shown) } };
      const { config, digest } = inForce();
      const askedUnder = (version: string) => (version === digest ? askedBy(config.rules, true) : versions.asked(version));
      for await (const step of replaying({ log, draft: made.policy, digest, askedUnder }, wanted, signal))
        yield { event: "done" in step ? "progress" : "result", data: step };
    } finally {
      replays--;
    }
  }

  return {
    async show(operator) {
      const { config, policy } = current();
      const { tools } = describePolicy(
        config,
        policy,
        pins.all().map(({ tool }) => tool),
      );
      const { hits, looked } = await hitsIn(log);
      return {
        rules: config.rules.map(({ id, when, after, until, then, mode, approvers }) => ({
          id,
          when,
          ...(after === undefined ? {} : { after }),
          ...(until === undefined ? {} : { until }),
          effect: then,
          mode,
          ...(approvers === undefined ? {} : { approvers: [...approvers] }),
          hits: hits.get(`rules/${id}`) ?? { decided: 0, monitored: 0 },
        })),
        tools: tools.map(({ tool, effect, egress, trust, derived }) => ({ tool, effect, egress, trust, derived: [...derived] })),
        agents: Object.keys(config.agents),
        tests: config.tests.length,
        looked,
        text: textOf(inForce()),
        digest: inForce().digest,
        proposals: proposals.from(inForce().digest).map(({ by, reason, at, text }) => ({ by, reason, at: new Date(at).toISOString(), text })),
        may_save: maySave(operator),
      };
    },
    async draft(text): Promise<DraftForm> {
      const made = drafted(text);
      if ("length" in made) return { ok: false, faults: made.map(shown), warnings: [], rules: 0, tests: 0 };
      return { ok: true, faults: [], warnings: made.warnings.map(shown), rules: made.config.rules.length, tests: made.config.tests.length };
    },
    async try(trial, signal): Promise<TrialForm> {
      const { layers, label } = current();
      const made = trial.draft === undefined ? { policy: current().policy } : drafted(trial.draft);
      if ("length" in made) return { ...NOT_TRIED, faults: made.map(shown) };
      const permission = permissionLayer(made.policy, { clock: layers.clock, uncounted: true });
      const { effect, reasons, labels } = decidedForm(await judge({ ...layers, permission }, requestOf(trial, label, layers.clock.now()), signal));
      return {
        effect,
        reasons: reasons.map(({ evidence, ...rest }) => ({ ...rest, ...(evidence === undefined ? {} : { evidence: [...evidence] }) })),
        labels: {
          ...labels,
          readers: labels.readers === "public" ? "public" : [...labels.readers],
          categories: [...labels.categories],
          origins: [...labels.origins],
        },
        faults: [],
      };
    },
    edit: ({ text, mode, add }) => (mode === undefined ? withMade(text, add ?? "") : withMode(text, mode.rule, mode.mode)),
    replay(text, wanted, signal) {
      if (replays >= MOST_REPLAYS) throw new HoldfastError("rate-limited", "other replays are running; try again when they have ended");
      return replayed(text, wanted, signal);
    },
    maySave,
    save(wanted, operator) {
      if (save === undefined) throw new HoldfastError("unavailable", "there is no configuration file to save into");
      return save(wanted, operator);
    },
    versions: () =>
      versions.all().map(({ at, by, reason, text, digests }) => ({ at: new Date(at).toISOString(), by, reason, digest: digests.at(-1) ?? "", text })),
  };
}

/** What was made of something is read as a draft is; what it is not is not put anywhere. */
function withMade(text: string, add: string): string | undefined {
  const read = readDraft(add);
  return read.ok ? withAdded(text, { rules: read.draft.rules.map(written), tests: read.draft.tests }) : undefined;
}

const NOT_TRIED: Omit<TrialForm, "faults"> = {
  effect: "deny",
  reasons: [],
  labels: { integrity: "untrusted", readers: [], categories: [], origins: [] },
};

const shown = ({ line, column, message, hint }: Fault): DraftForm["faults"][number] => ({ line, column, message, ...(hint === undefined ? {} : { hint }) });

/** A tool call as a model proposes it that has read what the user asked for, and then something that nobody trusts. */
function requestOf({ agent, tool, args, request, read }: Trial, label: Composed["label"], time: number): Request {
  const contents = [
    ...(request === "" ? [] : [{ text: request, source: { kind: "user" as const }, label: label({ kind: "user" }) }]),
    ...(read === "" ? [] : [{ text: read, source: { kind: "web" as const }, label: defaultLabel({ kind: "web" }) }]),
  ];
  const worst = contents.reduce((joined, one) => joinLabels(joined, one.label), label({ kind: "user" }));
  return {
    id: requestId(),
    principal: { agent, session: "try" },
    action: { type: "tool.call", tool, args },
    resource: { type: "tool", id: tool },
    content: [{ source: { kind: "model" }, label: worst, text: "" }],
    read: contents,
    context: { time, surface: "try" },
  };
}

async function hitsIn(log: LogSource): Promise<{ readonly hits: ReadonlyMap<string, { decided: number; monitored: number }>; readonly looked: number }> {
  const hits = new Map<string, { decided: number; monitored: number }>();
  let looked = 0;
  let before: number | undefined;
  while (looked < LOOKED) {
    const { rows, next } = await history(log, { limit: PAGE, ...(before === undefined ? {} : { before }) });
    looked += rows.length;
    for (const { id, would } of rows.flatMap(({ reasons }) => reasons)) {
      if (!id.startsWith("rules/")) continue;
      const hit = hits.get(id) ?? { decided: 0, monitored: 0 };
      if (would === undefined) hit.decided++;
      else hit.monitored++;
      hits.set(id, hit);
    }
    if (next === undefined) break;
    before = next;
  }
  return { hits, looked };
}
