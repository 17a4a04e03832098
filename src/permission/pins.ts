import { createHash } from "node:crypto";
import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import { LOOK_ALIKES } from "../core/look-alikes.ts";
import type { ToolDefinition } from "./defaults.ts";

/**
 * What a server said of one of its tools when it was first seen, kept so that it cannot say something else later (rug pull): the model
 * would read the new words as if somebody had approved of them. INVARIANT: a tool is only listed, and only called, while its definition
 * is, byte for byte in canonical form, the one that is pinned.
 */
export interface Pin {
  /** `server.tool`. */
  readonly tool: string;
  /** Absent for a tool that was held back at first sight: nothing of it was ever good, so it cannot become again what it was. */
  readonly pinned?: Version;
  /** Set while the tool is held back, until a person accepts what is now there. */
  readonly held?: Held;
}

/** A definition, and when it was first seen or accepted, in milliseconds since the epoch. */
export interface Version {
  readonly digest: string;
  readonly definition: JsonObject;
  readonly since: number;
}

export interface Held extends Version {
  /** `changed`: no longer what was pinned. `suspect`: its words look like an attack. `look-alike`: its name can be taken for another's. */
  readonly why: "changed" | "suspect" | "look-alike";
  /** What was found in it, or the tool it looks like. */
  readonly detail?: string;
}

/** Where pins outlive a restart. `save` is durable when it resolves. */
export interface PinStore {
  load(): Promise<readonly Pin[]>;
  save(pin: Pin): Promise<void>;
}

export interface Listed {
  readonly name: string;
  readonly whole: JsonObject;
  /** What the detectors found in its texts, where that alone is a reason to hold it back. */
  readonly suspicion?: string;
}

/** What came of comparing one tool. */
export interface Compared {
  readonly tool: string;
  /** Of what the server lists now. */
  readonly digest: string;
  /** Why it is held back; it is good where this is absent. */
  readonly why?: Held["why"];
  /** Set when something is to be recorded. */
  readonly news?: "pinned" | "held" | "accepted";
}

export interface Pins {
  /** Compares what a server lists now with what it listed before; new tools are pinned. What it remembers is durable when it resolves. */
  compare(server: string, tools: readonly Listed[]): Promise<readonly Compared[]>;
  of(tool: string): Pin | undefined;
  all(): readonly Pin[];
  /** Takes what is there now for what is meant. False where nothing is held back under this digest: it may have changed again meanwhile. */
  accept(tool: string, digest: string): Promise<boolean>;
  /** Grows with every change of a definition, for those who remember what follows from one. */
  readonly version: number;
}

/** Opens the pins. Rejects when what was kept cannot be read: then nobody could say what was pinned. */
export async function openPins(store: PinStore, now: () => number): Promise<Pins> {
  const pins = new Map<string, Pin>();
  for (const pin of await store.load()) pins.set(pin.tool, pin);
  let version = 0;
  const keep = async (pin: Pin): Promise<void> => {
    await store.save(pin);
    pins.set(pin.tool, pin);
    version++;
  };
  /** The pin as it is kept now. */
  const again = async (tool: string): Promise<Pin | undefined> => {
    const kept = (await store.load()).find((pin) => pin.tool === tool);
    if (kept !== undefined) pins.set(tool, kept);
    version++;
    return kept;
  };
  const compareOne = async (server: string, { name, whole, suspicion }: Listed): Promise<Compared> => {
    const tool = `${server}.${name}`;
    const digest = digestOf(whole);
    const before = pins.get(tool);
    // What is held back may have been accepted meanwhile, by somebody at the command line.
    const known = before?.held === undefined ? before : await again(tool);
    if (known?.pinned?.digest === digest) {
      // It was something else for a while and is again what is pinned.
      if (known.held !== undefined) await keep({ tool, pinned: known.pinned });
      return { tool, digest, ...(before?.pinned?.digest === digest ? {} : { news: "accepted" }) };
    }
    if (known?.held?.digest === digest) return { tool, digest, why: known.held.why };
    const version: Version = { digest, definition: whole, since: now() };
    if (known === undefined) {
      const twin = twinOf(server, tool, pins.keys());
      const why = twin !== undefined ? "look-alike" : suspicion !== undefined ? "suspect" : undefined;
      if (why === undefined) {
        await keep({ tool, pinned: version });
        return { tool, digest, news: "pinned" };
      }
      await keep({ tool, held: { ...version, why, detail: (twin ?? suspicion) as string } });
      return { tool, digest, why, news: "held" };
    }
    const { pinned, held } = known;
    // A tool that was never good stays what it was held back as: other words do not undo the attempt.
    const { why, detail }: Pick<Held, "why" | "detail"> = pinned === undefined && held !== undefined ? held : { why: "changed" };
    await keep({
      tool,
      ...(pinned === undefined ? {} : { pinned }),
      held: { ...version, why, ...(detail === undefined ? {} : { detail }) },
    });
    return { tool, digest, why, news: "held" };
  };
  /** One after the other: of two that see a tool first, the second is compared with what the first has pinned. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = last.then(run, run);
    last = mine;
    return mine;
  };
  return {
    get version() {
      return version;
    },
    of: (tool) => pins.get(tool),
    all: () => [...pins.values()],
    compare: (server, tools) =>
      inTurn(async () => {
        const compared: Compared[] = [];
        for (const listed of tools) compared.push(await compareOne(server, listed));
        return compared;
      }),
    accept: (tool, digest) =>
      inTurn(async () => {
        const held = pins.get(tool)?.held;
        if (held === undefined || held.digest !== digest) return false;
        await keep({ tool, pinned: { digest, definition: held.definition, since: now() } });
        return true;
      }),
  };
}

/** The tool of this server, if there is one, whose name the new one can be taken for. */
function twinOf(server: string, tool: string, known: Iterable<string>): string | undefined {
  const shape = skeleton(tool);
  for (const one of known) if (one.startsWith(`${server}.`) && skeleton(one) === shape) return one;
  return undefined;
}

export function digestOf(definition: JsonObject): string {
  return createHash("sha256").update(canonicalJson(definition)).digest("base64url");
}

/** A name as the eye takes it: what looks alike is alike. Names of tools are plain; those of prompts are what their server calls them. */
function skeleton(name: string): string {
  return Array.from(name.normalize("NFKC"), (sign) => LOOK_ALIKES.get(sign) ?? sign)
    .join("")
    .toLowerCase()
    .replace(/[-_.:/]/g, "")
    .replace(/[1i|]/g, "l")
    .replace(/0/g, "o")
    .replace(/rn/g, "m")
    .replace(/vv/g, "w");
}

/** A pinned definition as far as facts about the tool are worked out from it. One that is held back says nothing. */
export function definitionOf({ tool, pinned, held }: Pin): ToolDefinition | undefined {
  if (pinned === undefined || held !== undefined) return undefined;
  const { description, annotations, inputSchema } = pinned.definition;
  return {
    name: tool,
    ...(typeof description === "string" ? { description } : {}),
    ...(isObject(annotations) ? { annotations } : {}),
    ...(inputSchema === undefined ? {} : { inputSchema }),
  };
}

export interface Difference {
  /** A JSON pointer into the definition. */
  readonly at: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** Where two definitions differ, leaf by leaf, for a person who is to accept the change. */
export function differences(before: Json | undefined, after: Json | undefined, at = ""): readonly Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differences(before[name], after[name], `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`));
  }
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  return [{ at, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
