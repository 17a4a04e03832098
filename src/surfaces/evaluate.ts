/**
 * Asking what Holdfast would say, without anything being done: `holdfast inspect`, `decide` and `replay`, and `/api/v1/inspect`. The same layers
 * and the same `decide` of the core; only the log is missing, because there is nothing to record: no action follows.
 */
import type { Source } from "../core/content.ts";
import { type Decision, EFFECTS, type Effect, NEUTRAL, type Reason, stricter } from "../core/decision.ts";
import type { Finding } from "../core/detector.ts";
import { HoldfastError } from "../core/errors.ts";
import type { Label } from "../core/label.ts";
import type { AuditLayer, Inspection, Layers } from "../core/layers.ts";
import { type Decided, decide } from "../core/monitor.ts";
import type { Request } from "../core/request.ts";
import { within } from "../core/within.ts";

/** What evaluating needs of a composed Holdfast. */
export interface Evaluator {
  readonly layers: Layers;
  /** The label that configuration gives a source. */
  readonly label: (source: Source) => Label;
}

/** A text to look at. `output` means: as if a model or tool had answered it. */
export interface Item {
  readonly text: string;
  readonly source: Source;
  readonly label: Label;
  readonly direction: "input" | "output";
}

export interface Inspected {
  /** 0..1: the strongest sign of an injection. */
  readonly score: number;
  readonly effect: Effect;
  /** Offsets are UTF-16 code units of the text as it was given. */
  readonly findings: readonly Finding[];
  readonly reasons: readonly Reason[];
}

/** Decides a request for whoever only wants to know. An `ask` stays an `ask`: nobody is disturbed for a question that is not real. */
export async function judge(layers: Layers, request: Request, signal: AbortSignal): Promise<Decided> {
  return decide({ ...layers, audit: NOWHERE, oversight: { resolve: () => ({ kind: "nobody" }) } }, request, signal);
}

/**
 * Looks at one text. Findings are always those of the input layer, which keeps all of them (the output layer keeps what the log needs); on its
 * way out the effect is the output layer's: `deny` where it would withhold something. Throws `unavailable` when a layer does not answer in time.
 */
export async function inspectItem(layers: Layers, item: Item, time: number, signal: AbortSignal): Promise<Inspected> {
  const request = carrying(item, time);
  const { decision, passages } = await within(layers.clock, layers.deadlines.inspect, layers.input.inspect(request, signal));
  const answered = item.direction === "input" ? decision : released(layers, request, item);
  const findings = passages.flatMap((passage) => (passage.at === AT ? passage.findings : []));
  return inspected(answered.effect, answered.reasons, findings);
}

const AT = "content/0";
const CHANNEL = "text/0";

function released(layers: Layers, request: Request, { label, text }: Item): Decision {
  const inspection: Inspection = { decision: NEUTRAL, label, passages: [] };
  const filter = layers.output.open({ ...request, content: [] }, NEUTRAL, inspection);
  filter.text(CHANNEL, text);
  filter.end(CHANNEL);
  return filter.verdict().decision;
}

function inspected(effect: Effect, reasons: readonly Reason[], findings: readonly Finding[]): Inspected {
  if (!EFFECTS.includes(effect)) throw new HoldfastError("internal", "a layer gave an effect that does not exist");
  const score = findings.reduce((most, finding) => (finding.kind === "injection" ? Math.max(most, finding.score) : most), 0);
  return { score, effect: stricter("permit", effect), findings, reasons };
}

function carrying({ text, source, label }: Item, time: number): Request {
  return {
    id: "inspect",
    principal: { agent: "inspect" },
    action: { type: "model.call" },
    content: [{ text, source, label }],
    context: { time, surface: "inspect" },
  };
}

const NOWHERE: AuditLayer = { open: () => ({ decided: async () => {}, close: () => {} }) };
