import { stringify } from "yaml";
import { history } from "../audit/history.ts";
import type { LogSource } from "../audit/store.ts";
import { type Config, type Fault, readDraft } from "../config/index.ts";
import { defaultLabel, joinLabels } from "../core/index.ts";
import type { Request } from "../core/request.ts";
import { checkPolicy, compilePolicy, describePolicy, type Pins, type Policy, permissionLayer } from "../permission/index.ts";
import type { DraftForm, Policies, Trial, TrialForm } from "../surfaces/api/index.ts";
import { decidedForm } from "../surfaces/decided.ts";
import { judge } from "../surfaces/evaluate.ts";
import { requestId } from "../surfaces/http/trace.ts";
import { type Composed, pinnedBy } from "./layers.ts";
import { written } from "./rule-from.ts";

/** So many of the newest decisions are looked at to say how often a rule had a say. */
const LOOKED = 2_000;
const PAGE = 500;

/** The policy in force as an operator sees it, and what another would decide. */
export function policiesOf(current: () => Composed, pins: Pins, log: LogSource): Policies {
  const compiled = (config: Config): ReturnType<typeof compilePolicy> => compilePolicy(config, pinnedBy(pins));
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

  return {
    async show() {
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
        text: textOf(config),
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
  };
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

/** The two sections as text; a time that the file writes in words stands here in seconds. */
function textOf({ rules, tests }: Config): string {
  return stringify({ rules: rules.map(written), ...(tests.length === 0 ? {} : { tests }) }, { lineWidth: 0 });
}
