import { createHash } from "node:crypto";
import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { ToolDefinition } from "./defaults.ts";

/**
 * What a server said of one of its tools when it was first seen, kept so that it cannot say something else later (rug pull): the model
 * would read the new words as if somebody had approved of them. INVARIANT: a tool is only listed, and only called, while its definition
 * is, byte for byte in canonical form, the one that is pinned.
 */
export interface Pin {
  /** `server.tool`. */
  readonly tool: string;
  readonly digest: string;
  readonly definition: JsonObject;
  /** Milliseconds since the epoch at which it was pinned. */
  readonly since: number;
  /** Set while the tool is held back, until a person accepts what is now there. */
  readonly held?: Held;
}

export interface Held {
  /** `changed`: no longer what was pinned. `suspect`: its words look like an attack. `look-alike`: its name can be taken for another's. */
  readonly why: "changed" | "suspect" | "look-alike";
  readonly digest: string;
  readonly definition: JsonObject;
  readonly since: number;
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

/** What came of comparing one tool. `news` is set when something is to be recorded. */
export interface Compared {
  readonly pin: Pin;
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
  return {
    get version() {
      return version;
    },
    of: (tool) => pins.get(tool),
    all: () => [...pins.values()],
    async compare(server, tools) {
      const compared: Compared[] = [];
      const mine = new Map([...pins.values()].filter((pin) => pin.tool.startsWith(`${server}.`)).map((pin) => [pin.tool, skeleton(pin.tool)]));
      for (const listed of tools) {
        const tool = `${server}.${listed.name}`;
        const digest = digestOf(listed.whole);
        const before = pins.get(tool);
        // What is held back may have been accepted meanwhile, by somebody at the command line.
        const known = before?.held === undefined ? before : await again(tool);
        if (before?.held !== undefined && known?.held === undefined && known?.digest === digest) {
          compared.push({ pin: known, news: "accepted" });
          continue;
        }
        if (known !== undefined && known.digest === digest && known.held?.why !== "suspect" && known.held?.why !== "look-alike") {
          // It was something else for a while and is again what was pinned.
          const { held, ...pin } = known;
          if (held !== undefined) await keep(pin);
          compared.push({ pin });
          continue;
        }
        if (known?.held?.digest === digest) {
          compared.push({ pin: known });
          continue;
        }
        const twin = known === undefined ? [...mine].find(([, shape]) => shape === skeleton(tool))?.[0] : undefined;
        const why = known !== undefined ? "changed" : twin !== undefined ? "look-alike" : listed.suspicion !== undefined ? "suspect" : undefined;
        const since = now();
        const detail = twin ?? listed.suspicion;
        const held: Held | undefined =
          why === undefined ? undefined : { why, digest, definition: listed.whole, since, ...(detail === undefined ? {} : { detail }) };
        const base = known ?? { tool, digest, definition: listed.whole, since };
        const { held: _before, ...kept } = base;
        const pin: Pin = held === undefined ? kept : { ...kept, held };
        await keep(pin);
        mine.set(tool, skeleton(tool));
        compared.push({ pin, news: held === undefined ? "pinned" : "held" });
      }
      return compared;
    },
    async accept(tool, digest) {
      const held = pins.get(tool)?.held;
      if (held === undefined || held.digest !== digest) return false;
      await keep({ tool, digest, definition: held.definition, since: now() });
      return true;
    },
  };
}

export function digestOf(definition: JsonObject): string {
  return createHash("sha256").update(canonicalJson(definition)).digest("base64url");
}

/** A name as the eye takes it: what looks alike is alike. Names outside ASCII never get here, they are no names of tools. */
function skeleton(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_.:/]/g, "")
    .replace(/[1i|]/g, "l")
    .replace(/0/g, "o")
    .replace(/rn/g, "m")
    .replace(/vv/g, "w");
}

/** A pinned definition as far as facts about the tool are worked out from it. One that is held back says nothing. */
export function definitionOf({ tool, definition, held }: Pin): ToolDefinition | undefined {
  if (held !== undefined) return undefined;
  const { description, annotations, inputSchema } = definition;
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
