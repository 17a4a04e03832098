import type { Content } from "../core/content.ts";
import type { Decision } from "../core/decision.ts";
import { HoldfastError } from "../core/errors.ts";
import { isObject, type Json, type JsonLimits, type JsonObject, parseJsonText } from "../core/json.ts";
import type { Part, ReleasedCall } from "../core/layers.ts";
import type { Propose } from "./codec.ts";
import { misfit } from "./shape.ts";

/** A tool call that an answer proposes, as its dialect names it. */
export interface NamedCall {
  readonly id: string;
  /** As the client declared it and will look it up. */
  readonly name: string;
  /** Absent when the arguments were not one JSON object: such a call cannot be decided, so it is refused without being proposed. */
  readonly args?: JsonObject;
  /** What else the dialect needs to write the call back: checked words and ids only. */
  readonly form: string;
  readonly extra?: JsonObject;
}

/** Goes before each `calls` part and says how the dialect names its calls, in the same order. Holds checked names and ids only. */
export interface CallsMark {
  readonly kind: "calls";
  readonly at: number;
  readonly notes: readonly Note[];
}
interface Note extends Omit<NamedCall, "args"> {
  /** The tool that was proposed; absent for a call that was not. */
  readonly tool?: string;
  readonly proposed: boolean;
}

/** The parts for the calls of one message: their names first, then the requests that will be decided. */
export function proposedCalls(at: number, calls: readonly NamedCall[], propose: Propose): Part[] {
  if (calls.length === 0) return [];
  const notes: Note[] = [];
  const requests = [];
  for (const { args, ...named } of calls) {
    if (args === undefined) {
      notes.push({ ...named, proposed: false });
      continue;
    }
    const request = propose({ id: named.id, name: named.name, args });
    notes.push({ ...named, proposed: true, ...(request.action.tool === undefined ? {} : { tool: request.action.tool }) });
    requests.push(request);
  }
  const mark: CallsMark = { kind: "calls", at, notes };
  return [
    { type: "mark", mark },
    { type: "calls", channel: `calls/${at}`, requests },
  ];
}

/** What becomes of one call: it is handed on with exactly the arguments that were decided, or a sentence stands in its place. */
export type Settled =
  | { readonly permitted: true; readonly id: string; readonly name: string; readonly form: string; readonly extra: JsonObject; readonly args: JsonObject }
  | { readonly permitted: false; readonly text: string };

/** Matches decisions to the names they belong to: both are in the order in which the answer held the calls. */
export function settle(mark: CallsMark | undefined, released: readonly ReleasedCall[]): Settled[] {
  if (mark === undefined || mark.notes.filter((note) => note.proposed).length !== released.length) {
    throw new HoldfastError("internal", "released calls do not match the proposed ones");
  }
  const queue = released[Symbol.iterator]();
  return mark.notes.map((note) => settled(note, note.proposed ? queue.next().value : undefined));
}

function settled(note: Note, call: ReleasedCall | undefined): Settled {
  const { id, name, form, extra = {} } = note;
  const refused = (text: string): Settled => ({ permitted: false, text: `[Holdfast] The call to ${name} ${text}` });
  if (call === undefined) return refused("was not permitted: its arguments are not a JSON object (codecs/arguments).");
  const { decision, request, ticket, inquiry } = call;
  if (decision.effect === "permit") {
    // What was decided is what is handed on. An approver may have changed the arguments; another tool has no place under this id.
    if (request.action.tool !== note.tool) return refused("was changed to another tool by its approver and cannot be handed on (codecs/edited-tool).");
    return { permitted: true, id, name, form, extra, args: request.action.args ?? {} };
  }
  const why = because(decision);
  return refused(
    decision.effect === "ask" && ticket !== undefined
      ? `waits for approval: ${why}. Ticket: ${ticket}. Once a person has approved it, the same call with the same arguments goes through.${inquiry === undefined ? "" : ` ${inquiry}`}`
      : `was not permitted: ${why}.`,
  );
}

/** The first reason that carries the effect. Only its own words: a refusal repeats nothing that an attacker could have written. */
function because(decision: Decision): string {
  const reason = decision.reasons.find(({ effect }) => effect === decision.effect) ?? decision.reasons[0];
  return reason === undefined ? "no reason was given (codecs/no-reason)" : `${reason.text.replace(/\.+$/, "")} (${reason.id})`;
}

/**
 * Reads the arguments of a call, which both dialects carry as text while streaming. Nothing at all means none. Undefined when the text
 * is not one JSON object in the strict sense: two readers could see two calls in it.
 */
export function readArguments(text: string): JsonObject | undefined {
  if (text.trim() === "") return {};
  const parsed = parseJsonText(text, ARGUMENT_LIMITS);
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
}

/** The same for arguments that came as a value, inside a document that was parsed strictly. */
export function objectOrNothing(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export const ARGUMENT_LIMITS: JsonLimits = { bytes: 1 << 20, depth: 64, nodes: 20_000, keys: 2_000, string: 1 << 20 };
/** More calls than this in one message is not an answer but an attack. */
export const MOST_CALLS = 128;

/**
 * Proposes the calls of one answer, all its choices and blocks together, up to a bound: each is decided and recorded durably, so an upstream
 * that sends 128 calls in each of 128 choices would buy minutes of work with one answer. `met` grows with what the provider's own tools bring.
 */
export function proposeSome(propose: Propose, met: readonly Content[] = []): Propose {
  let left = MOST_IN_ANSWER;
  return (call) => (left-- > 0 ? propose(call, met) : misfit(`holds more than ${MOST_IN_ANSWER} calls`, "calls", "too-large"));
}
const MOST_IN_ANSWER = 512;
