import type { z } from "zod";

/** What is wrong with a value that came from outside, and where: a path such as `content/0/source` ("" is the whole). Quotes nothing of it. */
export interface Fault {
  readonly fault: string;
  readonly at: string;
  readonly code: "bad-request" | "too-large" | "forbidden";
}

/** The first thing zod found, in our words: its own messages may quote the sender's text. */
export function faultOf(error: z.ZodError): Fault {
  const [issue] = error.issues;
  if (issue === undefined) return { fault: "not understood", at: "", code: "bad-request" };
  return describe(issue, []);
}

/** `content/0/source: must be text`: one line for a person. */
export function faultLine({ fault, at }: Fault): string {
  return at === "" ? fault : `\`${at}\`: ${fault}`;
}

function describe(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Fault {
  const path = [...above, ...issue.path];
  const at = path.map(String).filter(plain).join("/");
  const bad = (fault: string): Fault => ({ fault, at, code: "bad-request" });
  switch (issue.code) {
    case "invalid_type":
      // What was there is not in the issue, so that it cannot be quoted; that nothing was is said by zod's own words alone.
      return issue.message.endsWith("received undefined") ? bad("is missing") : bad(`must be ${NAMES[issue.expected] ?? issue.expected}`);
    case "invalid_value":
      return bad(`must be one of ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}`);
    case "unrecognized_keys": {
      const [key] = issue.keys.filter(plain);
      return bad(key === undefined ? "has a field that is not known here" : `has a field \`${key}\` that is not known here`);
    }
    case "invalid_union": {
      // Of several forms, the one that fits best is the one meant: its first complaint is the useful one.
      const [best] = [...issue.errors].sort((a, b) => a.length - b.length);
      const [first] = best ?? [];
      return first === undefined ? bad("has none of the forms that are known here") : describe(first, path);
    }
    case "too_big":
      return { fault: `must not be over ${issue.maximum}${UNITS[issue.origin] ?? ""}`, at, code: issue.origin in UNITS ? "too-large" : "bad-request" };
    case "too_small":
      return bad(issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}${UNITS[issue.origin] ?? ""}`);
    default:
      return bad(issue.code === "custom" && issue.params?.["ours"] === true ? issue.message : "is not of the form that is needed here");
  }
}

const NAMES: { readonly [expected: string]: string } = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
const UNITS: { readonly [origin: string]: string } = { string: " characters long", array: " entries long" };

// A key is the sender's: only a plain short word is shown.
const plain = (key: PropertyKey): boolean => /^[A-Za-z0-9_.-]{1,40}$/.test(String(key));
