/** What the verbs need of the rest of Holdfast. `compose.ts` gives it; nothing here knows how. */
import type { Config, Confirmed, Fault, Imported, Loaded } from "../../config/index.ts";
import type { Effect } from "../../core/decision.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { History } from "../api/index.ts";
import type { Evaluator } from "../evaluate.ts";
import type { ToolDefinition } from "./trajectory.ts";

export interface Wiring {
  /** Finds, reads and checks the configuration, its policy and its tests included. */
  load(path: string | undefined): Promise<Loaded>;
  /** The text of a first configuration. */
  starter(): string;
  /**
   * The product with nothing configured: one agent that may use every tool there is, so that what is denied or asked is denied or asked by
   * information flow and detectors. With `base`, everything else is as that configuration says.
   */
  outOfTheBox(base?: Config): Config;
  /** The layers as they decide, without a store and without rates (nothing happens, so nothing is used up). `tools` are described by their client. */
  evaluator(config: Config, tools?: readonly ToolDefinition[]): Evaluator;
  /** What a good configuration means. */
  examine(loaded: Extract<Loaded, { ok: true }>): Examined | Promise<Examined>;
  /** The text of a configuration with facts of tools put into it; `left` are those for which it has no place. */
  withFacts(text: string, confirmed: readonly Confirmed[]): { readonly text: string; readonly left: readonly Confirmed[] };
  /** Starts everything. Rejects with a HoldfastError if an address is taken or the store cannot be opened. */
  start(loaded: Extract<Loaded, { ok: true }>, options: StartOptions): Promise<Running>;
  /**
   * Stands between a client that started us and the server of `options.command`. Resolves with why it is over, where that was not the
   * client's doing. `path`: the configuration's file, where there is one: data lie where it says, seen from its own folder, because a
   * client starts us in any.
   */
  run(config: Config, path: string | undefined, options: RunOptions): Promise<string | undefined>;
  keys(config: Config): Promise<KeyRing>;
  /** What is pinned of the tools of MCP servers, the gateway's and those of every `run`. */
  pins(config: Config, path: string | undefined): Promise<PinBoard>;
  log(config: Config): Promise<LogReader>;
  /** Checks an export (a file), or a log's folder, with nothing but the public key. */
  verify(path: string, vkey: string): Promise<Verification>;
  /** Checks the receipt of an approval with nothing but the public key; undefined for what is none. */
  receipt(value: Json, vkey: string): { readonly ok: boolean; readonly statement: JsonObject } | undefined;
  /** `config`: for sandboxes that are not on this machine. */
  sandboxes(config?: Config): Promise<SandboxBench>;
  /** Settings of another sandbox as one of ours; a reason where the text is none. */
  importSandbox(text: string, places: { readonly cwd: string; readonly home: string; readonly real: (path: string) => string }): Imported | string;
  readonly prompts: Prompts;
  /** What runs now under `holdfast run`, with the folder in which it says where it is reached. `path`: as for `run`. */
  runs(config: Config, path: string | undefined): Promise<readonly { readonly name: string; readonly folder: string }[]>;
  /** Where the store of this configuration lies: an absolute folder, or undefined for one that is not on this machine's disk. */
  dataFolder(config: Config): string | undefined;
}

/** What is known of system prompts. */
export interface Prompts {
  readonly templates: readonly string[];
  /** A hardened prompt for a ready role; undefined where there is none. */
  template(role: string, language: "en" | "de"): string | undefined;
  /** What is wrong with one. */
  lint(text: string): readonly { readonly rule: string; readonly line: number; readonly reason: string; readonly fix: string }[];
}

/** The sandboxes of this machine. */
export interface SandboxBench {
  /** `caveat` is said with whatever is claimed of it. */
  list(): Promise<
    readonly { readonly id: string; readonly missing?: string; readonly keeps: readonly string[]; readonly work: boolean; readonly caveat?: string }[]
  >;
  /** Whether a work folder is held to its size on this machine, or only watched, and why. */
  quota(): Promise<{ readonly quota: "held" } | { readonly quota: "watched"; readonly because: string }>;
  /** Runs a command in one, with our input and output. `why` where it did not end by itself. */
  run(
    id: string,
    cell: {
      readonly command: readonly string[];
      readonly env: { readonly [name: string]: string };
      readonly image?: string;
      readonly read: readonly string[];
      readonly write: readonly string[];
      readonly limits: { readonly memory?: number; readonly pids?: number; readonly cpus?: number };
      /** Bytes of a work folder on the disk; without it there is one in memory. */
      readonly work?: number;
      /** Where it may connect to: a host with a port, or with those of the web; ranges its names may lead to although they are not public. */
      readonly hosts: readonly { readonly host: string; readonly ports?: readonly number[]; readonly addresses: readonly string[] }[];
      readonly timeout: number;
      readonly signal: AbortSignal;
    },
  ): Promise<{ readonly code: number; readonly why?: "late" | "memory" | "work" }>;
  /** Tries to get out of each, and says what came of each attempt. What is tried outside is tried once for all. */
  prove(ids: readonly string[], told: (attempt: SandboxAttempt) => void): AsyncIterable<SandboxProof>;
}

export interface SandboxProof {
  readonly driver: string;
  readonly attempts: readonly SandboxAttempt[];
  readonly keeps: readonly string[];
  readonly broken: readonly string[];
}

export interface SandboxAttempt {
  readonly id: string;
  readonly from: string;
  readonly held: boolean;
  /** False where nothing is known, because its cell did not begin. */
  readonly made: boolean;
  readonly control: "escaped" | "held" | "not run";
  /** What was seen outside was seen for another sandbox before. */
  readonly shared?: true;
  readonly because?: string;
}

export interface Examined {
  /** Tools whose facts were worked out rather than configured; what is here should be confirmed. */
  readonly tools: readonly {
    readonly tool: string;
    readonly effect: "read" | "write";
    readonly egress: boolean;
    readonly trust: string;
    readonly derived: readonly string[];
    /** The tool that counts what it would change. */
    readonly countedBy?: string;
  }[];
  readonly agents: readonly {
    readonly agent: string;
    readonly role: string;
    readonly models: readonly string[];
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly deny: readonly string[];
    readonly egress: readonly string[];
  }[];
  readonly rules: readonly {
    readonly id: string;
    readonly then: Effect;
    readonly mode: "monitor" | "enforce";
    readonly after?: string;
    readonly until?: string;
  }[];
  readonly warnings: readonly Fault[];
  /** How many of the file's own tests passed: all, or it would not have loaded. */
  readonly tests: number;
}

export interface StartOptions {
  /** `127.0.0.1:8787`: over what the configuration says. */
  readonly listen?: string;
  /** Called when the configuration file changed: with the faults, if it was refused and the old one stays. */
  readonly reloaded: (faults: readonly Fault[]) => void;
}

export interface RunOptions {
  /** The name that the server has in rules and records. */
  readonly server: string;
  readonly agent: string;
  readonly command: readonly string[];
  /** What the client writes. */
  readonly input: NodeJS.ReadableStream;
  /** Writes one line to the client. */
  readonly write: (line: string) => void | Promise<void>;
  /** A line of the server's standard error. */
  readonly said: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Running {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  readonly admin: string;
  /** Of the egress proxy, where it listens. */
  readonly egress?: string;
  /** A one-time login URL of the console. */
  readonly login: string;
  /** The first key, on the first start only: it cannot be shown again. */
  readonly key?: { readonly text: string; readonly agent: string };
  /** Stops taking requests, lets what runs end, closes the log. */
  shut(): Promise<void>;
}

export interface KeyInfo {
  readonly id: string;
  readonly agent: string;
  readonly user?: string;
  readonly models?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires?: number;
}

export interface KeyRing {
  mint(grant: Omit<KeyInfo, "id" | "created">): Promise<{ readonly text: string; readonly key: KeyInfo }>;
  revoke(id: string): Promise<boolean>;
  list(): Promise<readonly KeyInfo[]>;
  close(): Promise<void>;
}

export interface PinBoard {
  all(): Promise<readonly PinnedTool[]>;
  /** False where this digest is not what is held back now. */
  accept(tool: string, digest: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface PinnedTool {
  readonly tool: string;
  /** `gateway`, or the name of the `run`. */
  readonly where: string;
  /** Of what is pinned; where nothing is, of what is held back. */
  readonly digest: string;
  readonly since: number;
  /** What the server says now. */
  readonly definition: JsonObject;
  readonly held?: { readonly why: "changed" | "suspect" | "look-alike"; readonly digest: string; readonly since: number; readonly detail?: string };
  /** From what is pinned to what is there now; none where nothing was pinned before. */
  readonly differences: readonly { readonly at: string; readonly before?: Json; readonly after?: Json }[];
  /** What it would be taken for by what was said of it before, and by what is said now; absent where that is no more than before. */
  readonly guessed?: { readonly before: Guessed; readonly after: Guessed };
}
interface Guessed {
  readonly effect: "read" | "write";
  readonly egress: boolean;
}

/** Reads a log beside the process that writes it. */
export interface LogReader {
  readonly history: History;
  readonly vkey: string;
  /** Every record and every checkpoint as JSON lines, in pieces that end with a newline. */
  export(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface Verification {
  readonly ok: boolean;
  readonly records: number;
  /** Of the newest checkpoint that was shown to be true: how many records it covers, and its root in base64. */
  readonly size: number;
  readonly root: string;
  readonly checkpoints: number;
  readonly witnesses: readonly string[];
  /** Records that no checkpoint covers yet (only where the log itself is read, not an export). */
  readonly uncovered: number;
  /** `line` counts from 1; `seq` is the record's position from 0, where it can be told. */
  readonly firstBad?: { readonly line: number; readonly seq?: number; readonly why: string };
}
