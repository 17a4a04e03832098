import type { Intent } from "../core/intent.ts";
import { canonicalJson, type JsonObject } from "../core/json.ts";
import { type Decision, decisionOf, type Inspection, inspectionOf, type Release, releaseOf } from "./answers.ts";
import { type CallbackHeaders, createBell, ticketRung } from "./bell.ts";
import { Unsettled } from "./faults.ts";
import { type GuardOptions, guard, type Perform, type Principal, type Request } from "./guard.ts";
import { type AsJson, copyOfObject } from "./json.ts";
import { type Note, notesLeft, type Store } from "./notes.ts";
import { type Tool, type ToolOptions, toolOf } from "./tool.ts";
import type { Pace } from "./wait.ts";
import { wireOf } from "./wire.ts";

export interface ConnectOptions {
  /** Where Holdfast is; `HOLDFAST_URL`, or `http://127.0.0.1:8787`. */
  readonly url?: string;
  /** The agent's key, `hf_…`; `HOLDFAST_KEY`. */
  readonly key?: string;
  /** For whom the agent acts in all that is asked over this: whoever it is cannot approve it. A connection is made for each, and costs nothing. */
  readonly principal?: Principal;
  /** What the agent is about to do over this connection: a call that is something else needs a person, whatever a model was talked into. */
  readonly intent?: Intent;
  /** Keeps notes of what is under way, so that a restart finds it. Without it a wait ends with the process. */
  readonly store?: Store;
  /** Milliseconds for one call to Holdfast. Longer than `oversight.hold`, if that is set. */
  readonly timeout?: number;
  readonly pace?: Pace;
  /** The secret of `agents.<name>.callbacks`, for `answered`. */
  readonly callback?: string;
  /** Lets the key go over unencrypted HTTP to another machine. */
  readonly insecure?: boolean;
  /** For proxies, client certificates, tests. */
  readonly fetch?: typeof fetch;
}

type Reported =
  | { readonly text: string }
  | { readonly value: unknown }
  | { readonly content: readonly ({ readonly text: string } | { readonly value: unknown })[] }
  | { readonly failed: "upstream-unreachable" | "upstream-timeout" | "upstream-invalid" | "cancelled" | "internal" };

/** What a call left behind that nobody in this process follows. */
export interface Left extends Note {
  /** Goes on waiting, and performs once it is permitted. Only where it waits: anything else rejects with `Unsettled`. */
  continue<T>(perform: Perform<T>, options?: GuardOptions): Promise<AsJson<T>>;
  /** Takes the note away, once somebody has seen what happened. Then the same may be asked for again. */
  forget(): Promise<void>;
}

export interface Holdfast {
  /** Decides, waits for a person where one has to be asked, performs, and returns what may be shown of the result. */
  guard<T>(request: Request, perform: Perform<T>, options?: GuardOptions): Promise<AsJson<T>>;
  /** The same function, every call of it guarded. */
  tool<Args extends readonly unknown[], Result>(options: ToolOptions<Args>, run: (...args: Args) => Result | Promise<Result>): Tool<Args, Result>;
  /** The first half alone, for whoever performs in another place: only a `permit` may be performed, within a quarter of an hour, and is then released. */
  decide(request: Request, options?: Pick<GuardOptions, "signal">): Promise<Decision>;
  /** The second half: only what comes back of the result may be shown; nothing, where it rejects. Once for each decision. */
  release(id: string, reported: Reported, options?: Pick<GuardOptions, "signal">): Promise<Release>;
  /** What the detectors find in a text. */
  inspect(text: string, options?: { readonly source?: string; readonly direction?: "input" | "output" } & Pick<GuardOptions, "signal">): Promise<Inspection>;
  /**
   * Takes a message that came to the agent's own address (`agents.<name>.callbacks`): whoever waits for that question looks at once. True for
   * one that Holdfast has signed. Nothing is believed but the ticket itself, and a message that is lost costs time and nothing else.
   */
  answered(headers: CallbackHeaders, body: string): Promise<boolean>;
  /** What calls of an earlier process left behind: what still waits, and what was begun and whose end nobody saw. */
  resume(): Promise<readonly Left[]>;
}

const TIMEOUT = 60_000;
const PACE: Pace = { from: 500, to: 15_000 };

/** Throws a TypeError where it is told something that cannot work. Nothing is sent yet. */
export function connect(options: ConnectOptions = {}): Holdfast {
  const { store, principal, intent, timeout = TIMEOUT, pace = PACE, callback } = options;
  const bell = createBell();
  const wire = wireOf({ url: addressOf(options), key: keyOf(options), timeout, fetch: options.fetch ?? fetch });
  const asked = (request: Request): Request => ({
    ...(principal === undefined ? {} : { principal }),
    ...request,
    ...(intent === undefined ? {} : { context: declaring(intent, request.context) }),
  });
  const guarded = async <T>(request: Request, perform: Perform<T>, about?: GuardOptions): Promise<AsJson<T>> =>
    guard({ wire, store, pace, bell }, asked(request), perform, about);
  const post = (path: string, body: object, signal?: AbortSignal) => wire.post(path, canonicalJson(copyOfObject(body, "request")), signal);
  return {
    guard: guarded,
    tool: (about, run) => toolOf(guarded, about, run),
    decide: async (request, { signal } = {}) => decisionOf(await post("/api/v1/decide", asked(request), signal)),
    release: async (id, reported, { signal } = {}) => releaseOf(await post("/api/v1/release", { id, ...reported }, signal)),
    inspect: async (text, { signal, ...rest } = {}) => inspectionOf(await post("/api/v1/inspect", { text, ...rest }, signal)),
    async answered(headers, body) {
      if (callback === undefined) throw new TypeError("there is no secret to check this with: give `connect` the `callback` of this agent");
      const ticket = await ticketRung(callback, headers, body);
      if (ticket !== undefined) bell.ring(ticket);
      return ticket !== undefined;
    },
    async resume() {
      if (store === undefined) throw new TypeError("nothing is kept: give `connect` a `store`");
      return (await notesLeft(store)).map((note) => leftOf(note, store, guarded));
    },
  };
}

/** One that is gone on with has the same already. */
function declaring(intent: Intent, context: { readonly intent?: unknown } = {}): object {
  if (context.intent !== undefined && canonicalJson(copyOfObject({ of: context.intent }, "intent")) !== canonicalJson(copyOfObject({ of: intent }, "intent")))
    throw new TypeError("the request declares another `intent` than its connection: make a connection for it");
  return { ...context, intent };
}

function leftOf(note: Note, store: Store, guarded: Holdfast["guard"]): Left {
  const { name, state, request } = note;
  return {
    ...note,
    async continue(perform, options) {
      if (state !== "waiting" || request === undefined) throw new Unsettled(name, state === "performed" ? "yes" : "unknown");
      return guarded(request as JsonObject as unknown as Request, perform, options);
    },
    forget: () => store.remove(name),
  };
}

function addressOf({ url = variable("HOLDFAST_URL") ?? "http://127.0.0.1:8787", insecure = false }: ConnectOptions): string {
  if (!URL.canParse(url)) throw new TypeError("`url` is not an address: write `http://127.0.0.1:8787` or `https://…`");
  const { protocol, hostname, username, password, origin, pathname, search, hash } = new URL(url);
  if (username !== "" || password !== "" || search !== "" || hash !== "") throw new TypeError("`url` holds more than an address: the key goes into `key`");
  if (protocol !== "https:" && protocol !== "http:") throw new TypeError("`url` is neither http nor https");
  if (protocol === "http:" && !LOOPBACK.test(hostname) && !insecure)
    throw new TypeError("`url` would send the key unencrypted to another machine: use https, or say `insecure: true`");
  return origin + pathname.replace(/\/+$/, "");
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

function keyOf({ key = variable("HOLDFAST_KEY") }: ConnectOptions): string {
  if (key === undefined || key === "") throw new TypeError("there is no key: set HOLDFAST_KEY, or give `key`; `holdfast keys mint` makes one");
  if (!/^[\x21-\x7e]{8,512}$/.test(key)) throw new TypeError("`key` is no key: it is one word of plain characters, `hf_…`");
  return key;
}

/** Nothing where there is no environment, as in a browser. */
function variable(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env[name];
}
