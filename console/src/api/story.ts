import { escaped, lineOf } from "../proof/line.ts";
import type { Proof } from "../proof/verify.ts";
import { type Fields, fields, items, number, type Reason, readReason, readSummary, type Summary, text } from "./read.ts";

/** A text as it was recorded: masked, and cut to a bound. */
export interface Excerpt {
  /** Where it stood: `content/3`, `text/0`. */
  readonly at: string;
  readonly excerpt: string;
  /** Code units left out at the end. */
  readonly truncated: number;
  /** How many findings of each detector. */
  readonly findings: readonly (readonly [detector: string, times: number])[];
}

/** One piece of content that the request carried. */
export interface Input {
  readonly at: string;
  readonly source: string;
  readonly integrity: string;
  readonly length: number;
  readonly digest: string;
  readonly excerpts: readonly Excerpt[];
}

export interface Labelled {
  readonly integrity: string;
  /** Absent where everybody may read it. */
  readonly readers?: readonly string[];
  readonly categories: readonly string[];
}

export type Obligation =
  | { readonly kind: "mask"; readonly findings: readonly string[] }
  | { readonly kind: "isolate"; readonly driver: string }
  | { readonly kind: "limit"; readonly name: string; readonly amount: string }
  | { readonly kind: "notify"; readonly channel: string }
  | { readonly kind: "escape"; readonly argument: string; readonly sink: string }
  | { readonly kind: "recorded"; readonly of: string }
  | { readonly kind: "other"; readonly text: string };

export type FactName = "agent" | "user" | "tool" | "target" | "session" | "key" | "surface" | "trace" | "declared";

export interface Result {
  readonly time: string;
  readonly status: string;
  readonly code: string;
  readonly took?: number;
  readonly reasons: readonly Reason[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly output: readonly Excerpt[];
}

/** Everything that is known of one decision. */
export interface Story {
  readonly summary: Summary;
  readonly facts: readonly (readonly [FactName, string])[];
  readonly args?: string;
  readonly label?: Labelled;
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  readonly input: readonly Input[];
  /** Pieces of content that were too many to be listed. */
  readonly omitted: number;
  readonly outcome?: Result;
  readonly children: readonly Summary[];
  readonly proof?: Proof;
  /** The record that the proof is about, as the bytes that were logged. */
  readonly proven: string;
  /** All records of this decision, to be read. */
  readonly raw: string;
}

export function readStory(from: unknown): Story {
  const it = fields(from);
  const records = items(it["records"]).map(fields);
  const intent = records.find((record) => record["kind"] === "intent") ?? {};
  const outcome = records.findLast((record) => record["kind"] === "outcome");
  const later = items(outcome?.["reasons"]).map(readReason);
  // Why it was refused in the end belongs to why; what was masked on the way out, to what happened.
  const ended = later.filter((reason) => reason.effect !== "permit");
  // What the proven record says goes before what the server says about it.
  const { agent, action, tool, ...said } = { ...fields(it["summary"]), ...intent };
  // What was asked and answered by nobody ends otherwise than it was decided.
  const effect = outcome?.["effect"] ?? said["effect"];
  const summary = readSummary({ ...fields(it["summary"]), effect, agent, action, tool });
  const proof = readProof(it["proof"]);
  const args = intent["args"];
  return {
    summary,
    facts: factsOf(summary, intent),
    ...(args === undefined || args === null ? {} : { args: escaped(JSON.stringify(args, undefined, 2)) }),
    ...(intent["label"] === undefined ? {} : { label: labelled(intent["label"]) }),
    reasons: [...ended, ...items(intent["reasons"]).map(readReason)],
    obligations: items(intent["obligations"]).map(obligation),
    input: items(intent["input"]).map(input),
    omitted: number(intent["omitted"]),
    ...(outcome === undefined
      ? {}
      : {
          outcome: result(
            outcome,
            later.filter((reason) => !ended.includes(reason)),
          ),
        }),
    children: items(it["children"]).map(readSummary),
    ...(proof === undefined ? {} : { proof }),
    proven: lineOf(records.find((record) => record["seq"] === proof?.index) ?? records[0] ?? {}),
    raw: records.map((record) => escaped(JSON.stringify(record, undefined, 2))).join("\n\n"),
  };
}

function factsOf(summary: Summary, intent: Fields): Story["facts"] {
  const target = fields(intent["target"]);
  const facts: Story["facts"] = [
    ["agent", summary.agent],
    ["user", summary.user || text(intent["user"])],
    ["tool", summary.tool],
    ["target", summary.target || text(target["id"])],
    ["session", text(intent["session"])],
    ["key", text(intent["key"])],
    ["surface", text(intent["surface"])],
    ["trace", text(intent["traceparent"])],
    ["declared", items(intent["declared"]).map(declared).join("; ")],
  ];
  // The target of a tool call is the tool, and need not be said twice.
  return facts.filter(([name, value]) => value !== "" && !(name === "target" && value === summary.tool));
}

/** As the caller said it: tools, whether it changes something, whom it reaches. */
function declared(from: unknown): string {
  const it = fields(from);
  return [text(it["effect"]), ...items(it["tools"]).map(text), ...items(it["targets"]).map(text)].filter((word) => word !== "").join(" ");
}

function result(outcome: Fields, reasons: readonly Reason[]): Result {
  return {
    time: text(outcome["time"]),
    status: text(outcome["status"]),
    code: text(outcome["code"]),
    ...(typeof outcome["took"] === "number" ? { took: outcome["took"] } : {}),
    reasons,
    facts: Object.entries(fields(outcome["facts"])).map(([name, value]) => [name, text(value)] as const),
    output: items(outcome["output"]).map(excerpt),
  };
}

function input(from: unknown): Input {
  const it = fields(from);
  return {
    at: text(it["at"]),
    source: text(it["source"]),
    integrity: text(it["integrity"]),
    length: number(it["length"]),
    digest: text(it["digest"]),
    excerpts: items(it["excerpts"]).map(excerpt),
  };
}

function excerpt(from: unknown): Excerpt {
  const it = fields(from);
  return {
    at: text(it["at"]),
    excerpt: text(it["excerpt"]),
    truncated: number(it["truncated"]),
    findings: Object.entries(fields(it["findings"])).map(([detector, times]) => [detector, number(times)] as const),
  };
}

function labelled(from: unknown): Labelled {
  const it = fields(from);
  return {
    integrity: text(it["integrity"]),
    ...(Array.isArray(it["readers"]) ? { readers: it["readers"].map(text) } : {}),
    categories: items(it["categories"]).map(text),
  };
}

function obligation(from: unknown): Obligation {
  const it = fields(from);
  switch (it["kind"]) {
    case "mask":
      return { kind: "mask", findings: items(it["findings"]).map(text) };
    case "isolate":
      return { kind: "isolate", driver: text(it["driver"]) };
    case "limit":
      return { kind: "limit", name: text(it["name"]), amount: text(it["amount"]) };
    case "notify":
      return { kind: "notify", channel: text(it["channel"]) };
    case "escape":
      return { kind: "escape", argument: text(it["argument"]), sink: text(it["sink"]) };
    case "recorded":
      return { kind: "recorded", of: text(it["of"]) };
    default:
      return { kind: "other", text: text(from) };
  }
}

function readProof(from: unknown): Proof | undefined {
  const it = fields(from);
  if (typeof it["checkpoint"] !== "string" || it["checkpoint"] === "" || typeof it["index"] !== "number") return undefined;
  return {
    index: it["index"],
    size: number(it["size"]),
    root: text(it["root"]),
    hashes: items(it["hashes"]).map(text),
    checkpoint: it["checkpoint"],
    vkey: text(it["vkey"]),
    text: text(it["text"]),
  };
}
