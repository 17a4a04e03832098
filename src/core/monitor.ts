/**
 * The reference monitor: every action of every agent passes `guard` and nothing else in the product performs one. Read it from top to
 * bottom; it is the security argument. Three rules carry it:
 *   1. Only the permission layer permits; everything else is joined to its decision and can only tighten.
 *   2. What fails, is late, is unknown, or cannot meet an obligation, denies.
 *   3. `failed` is not `denied`: once performing began, the effect may exist.
 */
import { type Decision, deny, EFFECTS, join, permit, type Reason } from "./decision.ts";
import { codeOf, HoldfastError } from "./errors.ts";
import { UNTRUSTED } from "./label.ts";
import type { Answer, Deliver, Entry, Filter, Inspection, Layers, Part, Perform, ReleasedCall } from "./layers.ts";
import type { Outcome } from "./outcome.ts";
import type { Request } from "./request.ts";
import { unlessAborted, within } from "./within.ts";

/** A request with its answer: recorded, and not yet performed. */
export interface Decided {
  /** As it was decided: an approver may have edited what was asked. Only this may be performed. */
  readonly request: Request;
  readonly decision: Decision;
  readonly inspection: Inspection;
  /** Set while a person is being asked: the request is parked under it. */
  readonly ticket?: string;
  /** What a person who is asked wants to know first. */
  readonly inquiry?: string;
  readonly entry: Entry;
}

/**
 * Passes one request along the whole path: record, inspect, authorise, ask, contain, filter, record.
 * Rejects only when the request could not be recorded (`unavailable`: nothing happened); every other ending is an Outcome.
 */
export async function guard(layers: Layers, asked: Request, perform: Perform, deliver: Deliver, signal: AbortSignal): Promise<Outcome> {
  const decided = await decide(layers, asked, signal);
  if (decided.decision.effect !== "permit") return refused(decided);
  let answer: Answer;
  try {
    signal.throwIfAborted();
    const executed = await unlessAborted(signal, layers.sandbox.execute(decided.request, decided.decision, perform, signal));
    if (executed.kind === "refused") return closed(decided, { status: "denied", decision: join(decided.decision, deny(executed.reason)) });
    answer = executed.answer;
  } catch (error) {
    return closed(decided, failed(decided, error, signal));
  }
  return release(layers, decided, answer, deliver, signal);
}

/**
 * The first half, for hosts that perform themselves: record, inspect, authorise, ask. When it resolves, the intent record is on stable
 * storage. A host performs only if the effect is `permit`, and then reports through `release`; otherwise it calls `refused`.
 */
export async function decide(layers: Layers, asked: Request, signal: AbortSignal): Promise<Decided> {
  const entry = layers.audit.open(asked);
  let request = asked;
  let [inspection, decision] = await judge(layers, request, signal);
  let ticket: string | undefined;
  let inquiry: string | undefined;
  for (let edits = 0; decision.effect === "ask" && ticket === undefined; edits++) {
    const resolution = await attempt(async () => unlessAborted(signal, layers.oversight.resolve(request, decision, signal)));
    if (resolution === undefined) decision = join(decision, layerFailed("oversight"));
    else if (resolution.kind === "nobody") break;
    else if (resolution.kind === "wait") ({ ticket, inquiry } = resolution);
    else if (resolution.kind === "permit") decision = approved(decision, resolution.reason);
    else if (resolution.kind === "edit" && edits < MOST_EDITS) {
      request = resolution.request;
      [inspection, decision] = await judge(layers, request, signal);
    } else decision = join(decision, resolution.kind === "deny" ? deny(resolution.reason) : layerFailed("oversight"));
  }
  try {
    await within(layers.clock, layers.deadlines.record, entry.decided(request, decision, inspection));
  } catch (cause) {
    // It may still reach the disk, late: then the log must also say that nothing was done.
    entry.close({ status: "denied", decision: join(decision, layerFailed("audit")) });
    throw new HoldfastError("unavailable", "the request could not be recorded, so nothing was done", { cause });
  }
  return { request, decision, inspection, entry, ...(ticket === undefined ? {} : { ticket }), ...(inquiry === undefined ? {} : { inquiry }) };
}

/**
 * The second half: lets an answer out part by part, each filtered, each proposed action decided first. Never rejects; the outcome is
 * recorded when it resolves.
 */
export async function release(layers: Layers, decided: Decided, answer: Answer, deliver: Deliver, signal: AbortSignal): Promise<Outcome> {
  let filter: Filter | undefined;
  try {
    const open = layers.output.open(decided.request, decided.decision, decided.inspection);
    filter = open;
    const pumped = answer.pump((part) => {
      signal.throwIfAborted();
      return pass(layers, open, part, deliver, signal);
    });
    await unlessAborted(signal, pumped);
  } catch (error) {
    if (error !== BLOCKED) return closed(decided, failed(decided, error, signal, answer));
  }
  try {
    const verdict = (filter as Filter).verdict();
    return closed(decided, { status: "done", decision: decided.decision, verdict, ...factsOf(answer) });
  } catch (error) {
    return closed(decided, failed(decided, error, signal, answer));
  }
}

/** Ends a request that was not permitted. An `ask` that nobody can answer is a refusal; one that waits is pending. */
export function refused(decided: Decided): Outcome {
  const { decision, ticket, inquiry } = decided;
  if (decision.effect === "ask" && ticket !== undefined)
    return closed(decided, { status: "pending", decision, ticket, ...(inquiry === undefined ? {} : { inquiry }) });
  if (decision.effect === "deny") return closed(decided, { status: "denied", decision });
  return closed(decided, { status: "denied", decision: join(decision, deny(NOBODY)) });
}

/** The prefix of reasons that mean "a part of Holdfast failed", as opposed to "policy said no". */
export const LAYER_REASON = "layers/";

const MOST_EDITS = 3;
const NOBODY = { id: "oversight/nobody", text: "a person would have to approve this, and nobody can be asked here" };

/** Thrown inside `pump` to stop reading an answer of which nothing more may leave. */
const BLOCKED = Symbol("blocked");

/** What input and permission say of a request, joined. Nothing is recorded and nobody is asked: on its own it permits nothing. */
export async function judge(layers: Layers, request: Request, signal: AbortSignal): Promise<[Inspection, Decision]> {
  const { clock, deadlines } = layers;
  const inspection = (await attempt(() => within(clock, deadlines.inspect, layers.input.inspect(request, signal)))) ?? {
    decision: layerFailed("input"),
    label: UNTRUSTED,
    passages: [],
  };
  const permission = (await attempt(() => within(clock, deadlines.decide, layers.permission.decide(request, inspection)))) ?? layerFailed("permission");
  return [inspection, join(sound(permission, "permission"), sound(inspection.decision, "input"))];
}

/** A decision as a layer must give it: a known effect, and never a permission without a reason. */
function sound(decision: Decision, layer: "permission" | "input"): Decision {
  const wellFormed = EFFECTS.includes(decision?.effect) && Array.isArray(decision.reasons) && Array.isArray(decision.obligations);
  if (!wellFormed) return layerFailed(layer);
  // INVARIANT: silence is not a permission. The neutral decision of a layer that saw nothing must not become a permit here.
  const silent = decision.effect === "permit" && !decision.reasons.some((reason) => reason.effect === "permit");
  return layer === "permission" && silent ? join(decision, layerFailed(layer)) : decision;
}

function pass(layers: Layers, filter: Filter, part: Part, deliver: Deliver, signal: AbortSignal): void | Promise<void> {
  switch (part.type) {
    case "text":
      return leave(filter, part.channel, filter.text(part.channel, part.text), deliver);
    case "end": {
      const ended = (text: string): void | Promise<void> => inOrder(leave(filter, part.channel, text, deliver), () => deliver(part));
      const last = filter.end(part.channel);
      return typeof last === "string" ? ended(last) : last.then(ended);
    }
    case "value": {
      const value = filter.value(part.value, "result");
      if (filter.blocked) throw BLOCKED;
      return deliver({ type: "value", channel: part.channel, value });
    }
    case "calls":
      return calls(layers, filter, part, deliver, signal);
    case "mark":
      return deliver(part);
  }
}

/** What stands before a blocking find is clean and still leaves, however the stream was cut; then nothing more does. */
function leave(filter: Filter, channel: string, text: string, deliver: Deliver): void | Promise<void> {
  const delivered = text === "" ? undefined : deliver({ type: "text", channel, text });
  if (!filter.blocked) return delivered;
  return inOrder(delivered, () => {
    throw BLOCKED;
  });
}

/** Decides the actions that an answer proposes. Their arguments are filtered first, so that what was checked is what is handed on. */
async function calls(layers: Layers, filter: Filter, part: Part & { type: "calls" }, deliver: Deliver, signal: AbortSignal): Promise<void> {
  const filtered = part.requests.map((request): Request => {
    const { args } = request.action;
    if (args === undefined) return request;
    return { ...request, action: { ...request.action, args: filter.value(args, "arguments", request) as NonNullable<typeof args> } };
  });
  if (filter.blocked) throw BLOCKED;
  const all = await Promise.allSettled(filtered.map((request) => decide(layers, request, signal)));
  const lost = all.find((one) => one.status === "rejected");
  const decided = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  try {
    if (lost !== undefined) throw lost.reason;
    await deliver({ type: "calls", channel: part.channel, calls: decided.map(handedOn) });
  } catch (error) {
    for (const one of decided) one.decision.effect === "permit" ? closed(one, failed(one, error, signal)) : refused(one);
    throw error;
  }
  // Whether the agent then runs it cannot be seen from here: "done" says that it was handed on.
  for (const one of decided) {
    if (one.decision.effect !== "permit") refused(one);
    else
      closed(one, {
        status: "done",
        decision: one.decision,
        verdict: { decision: permit({ id: "output/handed-on", text: "the call was handed to the agent" }), passages: [] },
      });
  }
}

function handedOn({ request, decision, ticket, inquiry }: Decided): ReleasedCall {
  return { request, decision, ...(ticket === undefined ? {} : { ticket }), ...(inquiry === undefined ? {} : { inquiry }) };
}

/** Only a person turns ask into permit, and only ask: the questions stay on record beside the answer. */
function approved(decision: Decision, reason: Omit<Reason, "effect">): Decision {
  return { ...join({ ...decision, effect: "permit" }, permit(reason)), effect: "permit" };
}

function layerFailed(layer: "input" | "permission" | "oversight" | "audit"): Decision {
  return deny({ id: `${LAYER_REASON}${layer}`, text: `the ${layer} layer did not answer in time or failed` });
}

function failed(decided: Decided, error: unknown, signal: AbortSignal, answer?: Answer): Outcome {
  const cause = signal.aborted ? signal.reason : error;
  const code = cause instanceof HoldfastError ? cause.code : signal.aborted ? "cancelled" : codeOf(error);
  return { status: "failed", decision: decided.decision, code, error, ...(answer === undefined ? {} : factsOf(answer)) };
}

/** INVARIANT: what an answer says of itself, or cannot say, keeps no outcome from the record. */
function factsOf(answer: Answer): { facts?: NonNullable<ReturnType<NonNullable<Answer["facts"]>>> } {
  try {
    const facts = answer.facts?.();
    return facts === undefined ? {} : { facts };
  } catch {
    return {};
  }
}

function closed(decided: Decided, outcome: Outcome): Outcome {
  decided.entry.close(outcome);
  return outcome;
}

/** What a layer answers, or undefined if it threw: the caller turns that into a denial. */
async function attempt<T>(ask: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

function inOrder(first: void | Promise<void>, then: () => void | Promise<void>): void | Promise<void> {
  return first === undefined ? then() : first.then(then);
}
