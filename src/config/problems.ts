import type { z } from "zod";
import { didYouMean, type Problem } from "./fault.ts";
import { keysAt } from "./json-schema.ts";

type Path = readonly (string | number)[];

/**
 * Says what the schema objected to, in words, with suggestions. `written` is the configuration before references were resolved: only
 * from it is anything quoted, so that a message can never show what a reference stands for. Values whose reference is missing have
 * been reported already.
 */
export function problemsOf(error: z.ZodError, written: unknown, missing: readonly { readonly path: Path }[]): readonly Problem[] {
  const reported = new Set(missing.map(({ path }) => path.join("\n")));
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    return reported.has(path.join("\n")) ? [] : problems(issue, path, written);
  });
}

function problems(issue: z.core.$ZodIssue, path: Path, written: unknown): readonly Problem[] {
  const value = valueAt(written, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: "key",
        message: `unknown key \`${key}\`${under(path)}`,
        ...hinted(didYouMean(key, keysAt(path))),
      }));
    case "invalid_key":
      return [{ path, at: "key", message: `\`${String(path.at(-1))}\` cannot be a name here: ${issue.issues[0]?.message ?? NO_FIT}` }];
    case "invalid_value": {
      if (value === undefined) return [{ path: path.slice(0, -1), message: `missing key \`${String(path.at(-1))}\`${under(path.slice(0, -1))}` }];
      const known = issue.values.map(String);
      return [
        {
          path,
          message: `expected ${list(known)}${typeof value === "string" ? `, found \`${value}\`` : ""}`,
          ...hinted(typeof value === "string" ? didYouMean(value, known) : undefined),
        },
      ];
    }
    case "invalid_type":
      if (value === undefined) return [{ path: path.slice(0, -1), message: `missing key \`${String(path.at(-1))}\`${under(path.slice(0, -1))}` }];
      return [{ path, message: `expected ${NAMES[issue.expected] ?? issue.expected}, found ${kindOf(value)}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** What the schema says of a value for which it has no sentence of its own. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "too_small":
      return `at least ${issue.minimum}${COUNTED[issue.origin] ?? ""}`;
    case "too_big":
      return `at most ${issue.maximum}${COUNTED[issue.origin] ?? ""}`;
    case "invalid_format":
      return issue.format === "email" ? "expected an address such as `name@example.com`" : NO_FIT;
    default:
      return NO_FIT;
  }
};

const NO_FIT = "nothing that can stand here is written like this";
const COUNTED: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

const NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "a text",
  boolean: "`true` or `false`",
  number: "a number",
  int: "a whole number",
};

const under = (path: Path): string => (path.length === 0 ? "" : ` in \`${path.join(".")}\``);
const hinted = (hint: string | undefined): { hint?: string } => (hint === undefined ? {} : { hint });
const list = (known: readonly string[]): string => known.map((name) => `\`${name}\``).join(known.length === 2 ? " or " : ", ");

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "a mapping";
    case "string":
      return "a text";
    case "boolean":
      return `\`${String(value)}\``;
    default:
      return "a number";
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}
