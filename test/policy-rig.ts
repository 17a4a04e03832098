/** A policy in a real file, with its reload, its versions and a log of what was decided under it: all that the page about policies stands on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditLog, openLog } from "../src/audit/log.ts";
import { maskingWith } from "../src/audit/mask.ts";
import { noteSigner, signerKey } from "../src/audit/note.ts";
import { checkConfig } from "../src/compose/check.ts";
import { type Composed, composeLayers } from "../src/compose/layers.ts";
import { systemClock as clock, systemRandom as random } from "../src/compose/platform.ts";
import { policiesOf } from "../src/compose/policies/policies.ts";
import type { SavingParts } from "../src/compose/policies/saving.ts";
import { type Author, openVersions } from "../src/compose/policies/versions.ts";
import { type Config, type Loaded, loadConfig, watchConfig } from "../src/config/index.ts";
import type { JsonObject } from "../src/core/json.ts";
import type { OversightLayer } from "../src/core/layers.ts";
import { decide, refused, release } from "../src/core/monitor.ts";
import type { Request } from "../src/core/request.ts";
import { openPins } from "../src/permission/index.ts";
import { openMemoryLog } from "../src/stores/memory-log.ts";
import type { Policies } from "../src/surfaces/api/index.ts";
import { memoryDocuments } from "../src/vault/documents.ts";

export interface PolicyRig {
  readonly policies: Policies;
  readonly log: AuditLog;
  readonly path: string;
  readonly documents: ReturnType<typeof memoryDocuments>;
  readonly inForce: () => { readonly config: Config; readonly digest: string; readonly text: string };
  /** Decides a tool call of the agent `support` under what is in force, and records it; the id of the decision. Nobody is asked but `person`. */
  ask(tool: string, args: JsonObject, more?: Partial<Request>, person?: OversightLayer): Promise<string>;
  /** Reads the file as the watch does. */
  look(): Promise<void>;
  close(): Promise<void>;
  /** Removes the file and its folder. */
  readonly remove: () => void;
}

/** `parts` stand in place of the rig's own: for what can go wrong. */
export async function policyRig(text: string, parts: Partial<SavingParts> = {}): Promise<PolicyRig> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-policy-"));
  const path = join(folder, "holdfast.yaml");
  writeFileSync(path, text);
  const source = { env: {}, readFile: (file: string) => readFile(file, "utf8"), check: checkConfig };
  const loaded = await loadConfig({ ...source, path, cwd: folder });
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join(", "));
  const signer = noteSigner(signerKey("holdfast.example/policies", random(32)));
  const log = await openLog({ store: await openMemoryLog(), clock, signer, masking: maskingWith(random(32)) });
  const documents = memoryDocuments();
  const versions = await openVersions(documents, clock.now);
  const compose = (good: Extract<Loaded, { ok: true }>): Composed => composeLayers(good.config, log, { clock, uncounted: true });
  let inForce = loaded;
  let current = compose(loaded);
  let author: Author | undefined;
  await log.system("configuration-loaded", { digest: loaded.digest });
  let kept = versions.loaded(loaded);
  await kept;
  const watching = watchConfig({
    ...source,
    path,
    digest: loaded.digest,
    clock,
    swap(good) {
      [inForce, current] = [good, compose(good)];
      void log.system("configuration-loaded", { digest: good.digest }).catch(() => {});
      kept = versions.loaded(good, author);
    },
    refused() {},
  });
  const pins = await openPins({ load: async () => [], save: async () => {} }, clock.now);
  const saving = {
    ...source,
    path,
    record: log.system,
    author: (one: Author | undefined) => void (author = one),
    look: watching.look,
    kept: () => kept,
    ...parts,
  };
  let asked = 0;
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return {
    policies: policiesOf({ current: () => current, inForce: () => inForce, pins, log: log.source, versions, saving }),
    log,
    path,
    documents,
    inForce: () => inForce,
    async ask(tool, args, more = {}, person = current.layers.oversight) {
      const signal = new AbortController().signal;
      const decided = await decide(
        { ...current.layers, oversight: person },
        {
          id: `req_${++asked}`,
          principal: { agent: "support", session: "s" },
          action: { type: "tool.call", tool, args },
          resource: { type: "tool", id: tool },
          content: [{ text: "Please do it", source: { kind: "user" }, label: current.label({ kind: "user" }) }],
          context: { time: clock.now(), surface: "api" },
          ...more,
        },
        signal,
      );
      if (decided.decision.effect !== "permit") refused(decided);
      else await release(current.layers, decided, { pump: async () => {} }, async () => {}, signal);
      return decided.request.id;
    },
    async look() {
      await watching.look();
      await kept;
    },
    async close() {
      watching.stop();
      await log.shut();
      remove();
    },
    remove,
  };
}

/** The last word of a replay. */
export async function lastOf(
  events: AsyncGenerator<{ readonly event: string; readonly data: object }>,
): Promise<{ readonly event: string; readonly data: object }> {
  const all = await Array.fromAsync(events);
  const last = all.at(-1);
  if (last === undefined) throw new Error("it said nothing");
  return last;
}
