import type { Obligation } from "../core/decision.ts";
import { canonicalJson, type Json, type JsonObject } from "../core/json.ts";
import { type Action, type Decision, type Release, releaseOf } from "./answers.ts";
import type { Bell } from "./bell.ts";
import { Denied, Expired, Failed, Unfinished, Unreachable, Withheld } from "./faults.ts";
import { type AsJson, copyOfObject, readJson } from "./json.ts";
import { NO_NOTE, type OpenNote, openNote, type Store } from "./notes.ts";
import { type Inquiry, type Pace, type PermitOptions, permitOf, type Waiting } from "./wait.ts";
import { invalid, type Wire } from "./wire.ts";

/** One thing that the agent wants to do. `docs/reference/openapi.json` calls it `Request`. */
export interface Request {
  readonly action: { readonly type: string; readonly tool?: string; readonly args?: object };
  readonly resource?: { readonly type: string; readonly id: string };
  /** What the agent had read before it asked for this. `source` says who it speaks for: `user`, `tool:crm.read_mail`, `web`, `model`. */
  readonly content?: readonly Content[];
  readonly principal?: Principal;
  readonly context?: object;
}
/** The key's agent, and for whom it acts, where the key leaves that open. */
export interface Principal {
  readonly agent: string;
  readonly user?: string;
  readonly session?: string;
}
export type Content = { readonly text: string; readonly source: string } | { readonly value: unknown; readonly source: string };

/** What a performer gets beside the action. */
export interface Performing {
  /** Of the decision that permitted it. */
  readonly id: string;
  /** The caller's. */
  readonly signal?: AbortSignal;
  /** What an agent that is called shows in `x-holdfast-chain`. */
  readonly chain?: string;
}

/** Does what `action` says, which is what was decided: an approver may have changed what was asked. It is a copy of its own. */
export type Perform<T> = (action: Action & { readonly args: JsonObject }, about: Performing) => T | Promise<T>;

export interface GuardOptions {
  /** Ends deciding and waiting. Once it is being done it is for the performer to heed it; the result is released in any case. */
  readonly signal?: AbortSignal;
  /** Reading: doing it twice is as good as once, so no note of it is kept. */
  readonly repeatable?: boolean;
  /** Says why these arguments cannot be performed, where an approver wrote some that cannot. Then nothing is. */
  readonly unfit?: (args: JsonObject) => string | undefined;
  /** Told when a person is asked. */
  readonly waiting?: (question: Waiting) => void;
  /** Asked where a person wants to know something before they answer. */
  readonly asked?: Inquiry;
}

export interface GuardParts {
  readonly wire: Wire;
  readonly store: Store | undefined;
  readonly pace: Pace;
  readonly bell: Bell;
}

/**
 * Decides, waits for a person where one has to be asked, writes down what is about to be done, performs, and returns the result as the
 * filter lets it out. INVARIANT: `perform` is called at most once, with what was decided, and never without a decision that permits it.
 */
export async function guard<T>({ wire, store, pace, bell }: GuardParts, asked: Request, perform: Perform<T>, options: GuardOptions = {}): Promise<AsJson<T>> {
  // One text from here on: it is what is decided, what is written down, and what performers get a copy of.
  const text = canonicalJson(copyOfObject(asked, "request"));
  const request = readJson(text) as JsonObject;
  const note = store === undefined || options.repeatable === true ? NO_NOTE : await openNote(store, request);
  try {
    const decision = await permit(wire, text, note, { ...options, pace, bell });
    const action = await begin(wire, decision, text, note, options);
    const result = await performed(wire, decision, note, () => perform(action, aboutOf(decision, options.signal)));
    return (await letOut(wire, decision.id, note, result)) as AsJson<T>;
  } finally {
    note.close();
  }
}

async function permit(wire: Wire, text: string, note: OpenNote, options: PermitOptions): Promise<Decision> {
  try {
    return await permitOf(wire, text, note, options);
  } catch (error) {
    // Anything else leaves the question open, to be gone on with.
    if (error instanceof Denied || error instanceof Expired) await note.over();
    throw error;
  }
}

/** The last moment at which nothing has happened: what was decided is compared, and that it begins is written down. */
async function begin(wire: Wire, decision: Decision, text: string, note: OpenNote, { signal, unfit }: GuardOptions): Promise<Asked> {
  try {
    const action = actionOf(decision, text);
    const why = unfit?.(action.args);
    if (why !== undefined) throw denied(decision.id, "client/arguments", why);
    await note.performing(decision.id);
    signal?.throwIfAborted();
    return action;
  } catch (error) {
    await failing(wire, decision.id, "cancelled");
    await note.over();
    throw error;
  }
}

async function performed(wire: Wire, { id }: Decision, note: OpenNote, perform: () => unknown): Promise<unknown> {
  try {
    const result = await perform();
    return isStream(result) ? await whole(result) : result;
  } catch (cause) {
    await failing(wire, id, "internal");
    await note.over();
    throw new Failed(id, cause);
  }
}

/** What the filter lets out. From here on it has happened, so the caller's signal ends nothing. */
async function letOut(wire: Wire, id: string, note: OpenNote, result: unknown): Promise<unknown> {
  let released: Release;
  try {
    const payload = typeof result === "string" ? { text: result.toWellFormed() } : { value: jsonOf(result) };
    released = releaseOf(await once(() => wire.post("/api/v1/release", JSON.stringify({ id, ...payload }))));
    const shown = "text" in payload ? released.text : released.value;
    if (released.id !== id || released.status !== "done" || (released.effect === "permit" && shown === undefined)) throw invalid("another release");
  } catch (cause) {
    if (cause instanceof TypeError) await failing(wire, id, "internal");
    await note.performed(id);
    throw new Unfinished(id, cause);
  }
  await note.over();
  if (released.effect !== "permit") throw new Withheld(id, released.reasons);
  return result === undefined ? undefined : (released.text ?? released.value);
}

type Asked = Action & { readonly args: JsonObject };

/** A copy of what was decided. Throws where it is not what was asked for, but for its arguments, or where something is demanded that is not done here. */
function actionOf({ id, action, obligations }: Decision, text: string): Asked {
  const { action: asked } = readJson(text) as unknown as { readonly action: Action };
  if (action !== undefined && (action.type !== asked.type || action.tool !== asked.tool)) throw invalid("another action was permitted");
  const unmet = obligations.filter(({ kind }) => !MET.has(kind));
  if (unmet.length > 0) {
    const kinds = unmet.map(({ kind }) => `\`${kind}\``).join(", ");
    throw denied(id, "client/obligation", `the decision demands what is not done here (${kinds}): let it go through the gateway`);
  }
  return { args: {}, ...(action ?? asked) };
}

const denied = (id: string, reason: string, text: string): Denied => new Denied(id, [{ id: reason, effect: "deny", text }]);

/** What Holdfast itself meets, when it decides and when it filters. To run something in a sandbox, or to give a recorded answer, is not in this process' power. */
const MET: ReadonlySet<string> = new Set<Obligation["kind"]>(["mask", "limit", "notify", "approval"]);

const aboutOf = ({ id, chain }: Decision, signal: AbortSignal | undefined): Performing => ({
  id,
  ...(signal === undefined ? {} : { signal }),
  ...(chain === undefined ? {} : { chain }),
});

/** Says that it did not come to a result. What nobody is told of is recorded as failed as well, only later. */
async function failing(wire: Wire, id: string, failed: "cancelled" | "internal"): Promise<void> {
  await wire.post("/api/v1/release", JSON.stringify({ id, failed })).catch(() => {});
}

const AGAIN_AFTER = 250;

/** A connection that broke may have broken before anything arrived. If it had arrived, the second attempt is refused. */
async function once<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Unreachable) || error.code !== "no-connection") throw error;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    return send();
  }
}

/** As JSON holds it: dates are texts, what has no form in JSON is not there. Nothing is a null. Half a character (a text that was cut) is none. */
function jsonOf(result: unknown): Json {
  const text: string | undefined =
    result === undefined ? "null" : JSON.stringify(result, (_, value) => (typeof value === "string" ? value.toWellFormed() : value));
  if (text === undefined) throw new TypeError("the result is nothing that JSON can hold");
  return readJson(text);
}

const MOST_TEXT = 8 << 20;

/** A stream of texts in one piece: a release is one answer, so nothing of it leaves before it is over. */
async function whole(stream: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const part of stream) {
    if (typeof part !== "string") throw new TypeError("a stream that is guarded is one of texts");
    text += part;
    if (text.length > MOST_TEXT) throw new TypeError(`a stream that is guarded is at most ${MOST_TEXT} characters long`);
  }
  return text;
}

const isStream = (value: unknown): value is AsyncIterable<unknown> => typeof value === "object" && value !== null && Symbol.asyncIterator in value;
