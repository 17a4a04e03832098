import { dereference, format, validate } from "@cfworker/json-schema";
import { isArray, isObject, type Json } from "../../core/index.ts";
import { type CompilePattern, type Cost, rebuild } from "./rebuild.ts";

/** What somebody declared of a value's form. */
export interface Form {
  /** Why the schema cannot be used, where that shows without a value. Then nothing has the form. */
  readonly unusable?: string;
  /** Undefined for a value that has it; otherwise in a few words where it has not, without anything that only the value says. */
  fault(value: Json): string | undefined;
}

/** Steps that one look may take: some thirty milliseconds. */
const MOST_STEPS = 40_000;
const MOST_NODES = 20_000;
const DEEPEST = 64;

/**
 * A form of a schema (JSON Schema, drafts 7 to 2020-12). The schema is a peer's, and so is the value: expressions are matched in linear time, every look
 * at a part of the schema is paid for out of a number of steps, and what does not come to an end within it does not fit. A schema that cannot be used
 * (it refers elsewhere, is too large, looks around) is a form that nothing has: a caller who was promised one must not get something else.
 */
export function formOf(schema: Json, compilePattern: CompilePattern): Form {
  let left = 0;
  let size: Size = { nodes: 0, longest: 0, widest: 0, fits: true };
  const spend = ({ own, reads, names, compares }: Cost): void => {
    left -= own + (reads ? size.longest >> 8 : 0) + ((names * size.widest) >> 2) + (compares ? (size.widest * size.widest) >> 2 : 0);
    if (left < 0) throw TOO_MUCH;
  };
  const rebuilt = rebuild(schema, compilePattern, spend);
  if ("fault" in rebuilt) return unusable(rebuilt.fault);
  left = Number.POSITIVE_INFINITY;
  let lookup: ReturnType<typeof dereference>;
  try {
    lookup = dereference(rebuilt.schema);
  } catch {
    return unusable("its parts cannot be told apart");
  }
  return {
    fault(value) {
      size = sizeOf(value);
      if (!size.fits) return `the value has more than ${MOST_NODES} parts or is nested deeper than ${DEEPEST}`;
      left = MOST_STEPS;
      // The library has one table of formats for all schemas. Ours stand in it for the length of this one look, in which nothing else runs.
      for (const [name, check] of rebuilt.formats) format[name] = check;
      try {
        const { valid, errors } = validate(value, rebuilt.schema, "2020-12", lookup, true);
        if (valid) return undefined;
        const last = errors.at(-1);
        return last === undefined ? "it does not fit" : `${placed(last.instanceLocation, rebuilt.names)} is not what \`${plain(last.keyword)}\` says`;
      } catch (error) {
        if (error === TOO_MUCH) return "comparing it with the schema takes too long";
        // It refers to what is not there, or to itself without an end.
        return "the schema cannot be used: it refers to nothing, or to itself";
      } finally {
        for (const name of rebuilt.formats.keys()) delete format[name];
      }
    },
  };
}

/** JSON of any form. */
export const ANY_JSON: Form = { fault: () => undefined };

const unusable = (why: string): Form => ({ unusable: why, fault: () => `the schema cannot be used: ${why}` });

const TOO_MUCH = Symbol("too much");

interface Size {
  readonly nodes: number;
  readonly longest: number;
  readonly widest: number;
  readonly fits: boolean;
}

function sizeOf(value: Json): Size {
  let [nodes, longest, widest] = [0, 0, 0];
  const walk = (item: Json, depth: number): boolean => {
    if (++nodes > MOST_NODES || depth > DEEPEST) return false;
    if (typeof item === "string") longest = Math.max(longest, item.length);
    else if (isArray(item)) {
      widest = Math.max(widest, item.length);
      return item.every((one) => walk(one, depth + 1));
    } else if (isObject(item)) {
      const entries = Object.entries(item);
      widest = Math.max(widest, entries.length);
      return entries.every(([name, one]) => {
        longest = Math.max(longest, name.length);
        return walk(one, depth + 1);
      });
    }
    return true;
  };
  const fits = walk(value, 0);
  return { nodes, longest, widest, fits };
}

/** Names in a value are whoever's who wrote it: only those that the schema has are told, and of the others that there is one. */
function placed(location: string, names: ReadonlySet<string>): string {
  const path = location
    .slice(1, 200)
    .split("/")
    .map((step) => (/^(?:\d{1,5})?$/.test(step) || (names.has(step) && /^[\w-]{1,60}$/.test(step)) ? step : "_"))
    .join("/");
  return path === "" ? "it" : `\`${path}\``;
}

/** Expressions are looked at as formats. */
const plain = (keyword: string): string => (keyword === "format" ? "pattern` or `format" : /^[A-Za-z$]{1,40}$/.test(keyword) ? keyword : "schema");
