import { format, type Schema } from "@cfworker/json-schema";
import { isArray, isObject, type Json, type JsonObject } from "../../core/index.ts";

/** Compiles an expression so that its time is linear in the text (`permission/cel/pattern.ts`); `test` gives undefined for a text that it will not judge. */
export type CompilePattern = (source: string) => { readonly states: number; test(text: string): boolean | undefined } | { readonly fault: string };

/** A check of strings that stands in the library's table of formats while a value is looked at. */
export type Formats = Map<string, (text: string) => boolean>;

/** A schema as it is evaluated: built anew from the keywords that are known, so that nothing else of it is ever read. */
export interface Rebuilt {
  readonly schema: Schema | boolean;
  readonly formats: Formats;
  /** The properties that it names. */
  readonly names: ReadonlySet<string>;
}

/** What one look at a schema's node costs, in steps; `value` is what is known of the value. Throws where there are none left. */
export type Spend = (cost: Cost) => void;
export interface Cost {
  /** Names, words and numbers that are gone through. */
  readonly own: number;
  /** It reads strings to their end. */
  readonly reads: boolean;
  /** Expressions that are tried on each name of an object. */
  readonly names: number;
  /** It compares each item with each other. */
  readonly compares: boolean;
}

const MOST_NODES = 2_000;
const DEEPEST = 40;
const ONE: ReadonlySet<string> = new Set(
  "not if then else additionalProperties unevaluatedProperties propertyNames contains additionalItems unevaluatedItems".split(" "),
);
const MANY: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const NAMED: ReadonlySet<string> = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
const NUMBERS: ReadonlySet<string> = new Set(
  "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split(
    " ",
  ),
);
/** Those of the library's whose expressions are linear. What another says is a remark, as the standard has it. */
const FORMATS: ReadonlySet<string> = new Set(["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);
const LONGEST_FORMATTED = 2_048;
/** A name is looked for by an expression of this form only: no repetition, or one behind `^`. Anything else could be slow on a hostile name. */
const PLAIN_NAME = /^(?:\^(?:[^\\()[\]{}*+?|]|\\[dwsDWS.\-_/]|\[[^\][\\]{1,100}\])*[*+]?\$?|(?:[^\\()[\]{}*+?|]|\\[dwsDWS.\-_/]|\[[^\][\\]{1,100}\])*)$/;

/** What is looked up, or gathered from all around, takes the library several times as long as a part: a tree of references stalled everybody. */
const DEAR = 4;

class Unusable extends Error {}

/** Builds the schema that is evaluated, or says in a few words why it cannot be used: it refers elsewhere, is too large, or holds an expression that is not linear. */
export function rebuild(given: Json, compilePattern: CompilePattern, spend: Spend): Rebuilt | { readonly fault: string } {
  const formats: Formats = new Map();
  const names = new Set<string>();
  let nodes = 0;
  const count = (more: number): void => {
    nodes += more;
    if (nodes > MOST_NODES) throw new Unusable(`it has more than ${MOST_NODES} parts`);
  };

  const schemaOf = (node: Json, depth: number): Schema | boolean => {
    if (typeof node === "boolean") return node;
    if (!isObject(node)) throw new Unusable("a part of it is no schema");
    if (depth > DEEPEST) throw new Unusable(`it is nested deeper than ${DEEPEST}`);
    count(1);
    const schema: { [key: string]: unknown } = {};
    const cost = { own: 1, reads: false, names: 0, compares: false };
    const checks: ((text: string) => boolean)[] = [];
    for (const [key, item] of Object.entries(node)) {
      if (ONE.has(key)) {
        schema[key] = schemaOf(item, depth + 1);
        if (key.startsWith("unevaluated")) cost.own += DEAR;
      } else if (key === "items") schema[key] = isArray(item) ? item.map((one) => schemaOf(one, depth + 1)) : schemaOf(item, depth + 1);
      else if (MANY.has(key)) schema[key] = listOf(item).map((one) => schemaOf(one, depth + 1));
      else if (NAMED.has(key)) {
        schema[key] = mapOf(item, depth);
        cost.own += Object.keys(item as JsonObject).length;
        if (key === "properties") for (const name of Object.keys(item as JsonObject)) names.add(name);
      } else if (key === "patternProperties") {
        const wanted = Object.keys(isObject(item) ? item : {});
        const hard = wanted.find((name) => name.length > 200 || !PLAIN_NAME.test(name));
        if (hard !== undefined) throw new Unusable("`patternProperties` holds an expression that is not simple enough");
        schema[key] = mapOf(item, depth);
        cost.names += wanted.length;
      } else if (NUMBERS.has(key)) {
        if (typeof item !== "number") throw new Unusable(`\`${key}\` is no number`);
        schema[key] = item;
        cost.reads ||= key.endsWith("Length");
      } else if (key === "enum" || key === "const") {
        const size = sizeOf(key === "enum" ? listOf(item) : item);
        count(size);
        cost.own += size;
        schema[key] = item;
      } else if (key === "required") {
        schema[key] = wordsOf(item);
        cost.own += listOf(item).length;
      } else if (key === "dependentRequired") {
        schema[key] = mapped(item, wordsOf);
        cost.own += sizeOf(item);
      } else if (key === "dependencies") {
        schema[key] = mapped(item, (one) => (isArray(one) ? wordsOf(one) : schemaOf(one, depth + 1)));
        cost.own += sizeOf(item);
      } else if (key === "uniqueItems") {
        schema[key] = item === true;
        cost.compares = item === true;
      } else if (key === "$ref") {
        if (typeof item !== "string" || !item.startsWith("#")) throw new Unusable("it refers to another document");
        schema[key] = item;
        cost.own += DEAR;
      } else if (key === "$anchor") {
        if (typeof item === "string" && /^[A-Za-z_][\w.-]{0,100}$/.test(item)) schema[key] = item;
      } else if (key === "$dynamicRef" || key === "$recursiveRef") throw new Unusable(`it holds \`${key}\``);
      else if (key === "pattern") {
        const made = compilePattern(typeof item === "string" && item.length <= 1_000 ? item : "(");
        if ("fault" in made) throw new Unusable("`pattern` is not an expression that can be matched in linear time");
        // What it will not judge does not fit.
        checks.push((text) => {
          spend({ ...FREE, own: (text.length * made.states) >> 5 });
          return made.test(text) === true;
        });
      } else if (key === "format" && typeof item === "string") {
        const known = FORMATS.has(item) ? format[item] : item === "uri" ? (text: string) => URL.canParse(text) : undefined;
        if (known !== undefined) checks.push((text) => text.length <= LONGEST_FORMATTED && known(text));
      }
    }
    if (checks.length > 0) {
      const name = `${PREFIX}${formats.size}`;
      formats.set(name, (text) => checks.every((check) => check(text)));
      schema["format"] = name;
    }
    count(Math.ceil(cost.own / 16));
    const { type } = node;
    if (type !== undefined && typeof type !== "string") wordsOf(type);
    // INVARIANT: the library reads `type` once each time that it looks at a node, so nothing is looked at unpaid.
    return Object.defineProperty(schema, "type", {
      enumerable: true,
      get() {
        spend(cost);
        return type;
      },
    }) as Schema;
  };
  const mapped = <Out>(item: Json, of: (one: Json) => Out): { readonly [name: string]: Out } => {
    if (!isObject(item)) throw new Unusable("a part of it is no object");
    return Object.fromEntries(Object.entries(item).map(([name, one]) => [name, of(one)]));
  };
  const mapOf = (item: Json, depth: number): { readonly [name: string]: Schema | boolean } => mapped(item, (one) => schemaOf(one, depth + 1));

  try {
    return { schema: schemaOf(given, 0), formats, names };
  } catch (error) {
    if (error instanceof Unusable) return { fault: error.message };
    throw error;
  }
}

const PREFIX = "holdfast/";
const FREE: Cost = { own: 0, reads: false, names: 0, compares: false };

function listOf(item: Json): readonly Json[] {
  if (!isArray(item)) throw new Unusable("a part of it is no list");
  return item;
}

function wordsOf(item: Json): readonly Json[] {
  const list = listOf(item);
  if (!list.every((one) => typeof one === "string")) throw new Unusable("a part of it is no list of names");
  return list;
}

function sizeOf(value: Json): number {
  if (isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 1);
  return isObject(value) ? Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 1) : 1;
}
