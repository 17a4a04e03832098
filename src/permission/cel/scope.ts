import { Environment } from "@marcbachmann/cel-js";
import type { Label } from "../../core/label.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import type { Familiar } from "../familiar.ts";
import { type Weight, weightOf } from "../weight.ts";
import type { Value } from "./value.ts";

/** What is known of the tool or kind of action by its name alone. */
export interface About {
  readonly tool: string;
  readonly server: string;
  readonly facts?: { readonly effect: string; readonly egress: boolean } | undefined;
  readonly result?: Label | undefined;
}

/** The variables of a condition. Texts that a request does not have (no user, no tool) are "" and never an error. */
export interface Scope {
  readonly action: { readonly type: string; readonly tool: string; readonly server: string };
  /** What the tool does, and how what it answers is labelled: as configured, else as guessed. */
  readonly tool: { readonly effect: string; readonly egress: boolean; readonly trust: string; readonly categories: readonly string[] };
  /** How much it is, whatever its tool and arguments are called; `first`: the agent was never let do this before. */
  readonly act: Weight & { readonly first: boolean };
  readonly resource: { readonly type: string; readonly id: string };
  readonly args: { readonly [name: string]: Value };
  readonly principal: { readonly agent: string; readonly user: string; readonly session: string };
  readonly labels: {
    readonly integrity: string;
    readonly readers: readonly string[];
    readonly categories: readonly string[];
    readonly origins: readonly string[];
  };
  readonly time: { readonly hour: bigint; readonly weekday: bigint; readonly epoch: bigint };
  readonly content: { readonly count: bigint; readonly sources: readonly string[] };
  readonly findings: { readonly count: bigint; readonly kinds: readonly string[]; readonly detectors: readonly string[] };
}

export const VARIABLES = [
  "action",
  "tool",
  "act",
  "resource",
  "args",
  "principal",
  "labels",
  "time",
  "content",
  "findings",
] as const satisfies readonly (keyof Scope)[];

const texts = "list<string>";
const FIELDS: Readonly<Record<Exclude<(typeof VARIABLES)[number], "args">, Readonly<Record<string, string>>>> = {
  action: { type: "string", tool: "string", server: "string" },
  tool: { effect: "string", egress: "bool", trust: "string", categories: texts },
  act: { money: "int", records: "int", message: "bool", configuration: "bool", first: "bool" },
  resource: { type: "string", id: "string" },
  principal: { agent: "string", user: "string", session: "string" },
  labels: { integrity: "string", readers: texts, categories: texts, origins: texts },
  time: { hour: "int", weekday: "int", epoch: "int" },
  content: { count: "int", sources: texts },
  findings: { count: "int", kinds: texts, detectors: texts },
};

/** The same variables for the library that parses and checks conditions. `args` is whatever the caller sent. */
export function environment(): Environment {
  let made = new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 2000, maxDepth: 60 } }).registerVariable("args", "map<string, dyn>");
  for (const [name, schema] of Object.entries(FIELDS)) made = made.registerVariable(name, { schema: { ...schema } });
  return made;
}

export const fieldsOf = (variable: string): readonly string[] => Object.keys(Object.entries(FIELDS).find(([name]) => name === variable)?.[1] ?? {});

/** The variables of one request; without `familiar` nobody remembers, and nothing is new; `counted` records a dry run found. What costs anything is computed when a condition first looks at it. */
export function scopeOf(request: Request, inspection: Inspection, about: About, zone: Zone, familiar?: Pick<Familiar, "has">, counted = 0n): Scope {
  return new View(request, inspection, about, zone, familiar, counted);
}

// A class for its speed: one object per decision, with nothing in it that is not asked for.
class View implements Scope {
  readonly #request: Request;
  readonly #inspection: Inspection;
  readonly #about: About;
  readonly #zone: Zone;
  readonly #familiar: Pick<Familiar, "has"> | undefined;
  readonly #counted: bigint;
  #act: Scope["act"] | undefined;
  #time: Scope["time"] | undefined;
  #findings: Scope["findings"] | undefined;
  readonly action: Scope["action"];

  constructor(request: Request, inspection: Inspection, about: About, zone: Zone, familiar: Pick<Familiar, "has"> | undefined, counted: bigint) {
    this.#request = request;
    this.#inspection = inspection;
    this.#about = about;
    this.#zone = zone;
    this.#familiar = familiar;
    this.#counted = counted;
    this.action = { type: request.action.type, tool: about.tool, server: about.server };
  }

  get tool(): Scope["tool"] {
    const { facts, result } = this.#about;
    return { effect: facts?.effect ?? "", egress: facts?.egress ?? false, trust: result?.integrity ?? "", categories: result?.categories ?? [] };
  }

  get act(): Scope["act"] {
    const { facts, tool } = this.#about;
    const { principal, action } = this.#request;
    if (this.#act !== undefined) return this.#act;
    const weight = weightOf(this.#request, facts);
    const records = this.#counted > weight.records ? this.#counted : weight.records;
    this.#act = { ...weight, records, first: this.#familiar?.has(principal.agent, tool === "" ? action.type : tool) === false };
    return this.#act;
  }

  get args(): Scope["args"] {
    return this.#request.action.args ?? NONE;
  }

  get resource(): Scope["resource"] {
    return this.#request.resource ?? NOTHING;
  }

  get principal(): Scope["principal"] {
    const { agent, user = "", session = "" } = this.#request.principal;
    return { agent, user, session };
  }

  get labels(): Scope["labels"] {
    const { integrity, readers, categories, origins } = this.#inspection.label;
    return { integrity, readers: readers === "public" ? PUBLIC : readers, categories, origins };
  }

  get content(): Scope["content"] {
    const { content } = this.#request;
    return { count: BigInt(content.length), sources: [...new Set(content.map(({ source }) => source.kind))] };
  }

  get time(): Scope["time"] {
    this.#time ??= this.#zone(this.#request.context.time);
    return this.#time;
  }

  get findings(): Scope["findings"] {
    this.#findings ??= findingsOf(this.#inspection);
    return this.#findings;
  }
}

const NOTHING: Scope["resource"] = { type: "", id: "" };
const NONE: Scope["args"] = Object.freeze({});
const PUBLIC: readonly string[] = ["public"];

function findingsOf({ passages }: Inspection): Scope["findings"] {
  const all = passages.flatMap(({ findings }) => findings);
  return { count: BigInt(all.length), kinds: [...new Set(all.map(({ kind }) => kind))], detectors: [...new Set(all.map(({ detector }) => detector))] };
}

/** Hour (0–23), weekday (1 Monday – 7 Sunday) and seconds since 1970 of a moment in one time zone. */
export type Zone = (ms: number) => Scope["time"];

const QUARTER = 900_000;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Offsets and their changes fall on quarter hours everywhere, so the calendar is asked once per quarter of an hour. */
export function zoneOf(name: string): Zone {
  // Made when a condition first asks for the time: its tables take 10 ms to load.
  let format: Intl.DateTimeFormat | undefined;
  let quarter = Number.NaN;
  let known = { hour: 0n, weekday: 1n };
  return (ms) => {
    const current = Math.floor(ms / QUARTER);
    if (current !== quarter) {
      format ??= new Intl.DateTimeFormat("en-GB", { timeZone: name, hour: "2-digit", hourCycle: "h23", weekday: "short" });
      const parts = format.formatToParts(current * QUARTER);
      const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
      known = { hour: BigInt(part("hour")), weekday: BigInt(DAYS.indexOf(part("weekday")) + 1) };
      quarter = current;
    }
    return { ...known, epoch: BigInt(Math.floor(ms / 1000)) };
  };
}
