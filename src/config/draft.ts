import type { Fault, Problem } from "./fault.ts";
import { inOrder } from "./fault.ts";
import { inWords, problemsOf } from "./problems.ts";
import { referenceIn } from "./references.ts";
import { type Config, schema } from "./schema.ts";
import { parseSource } from "./source.ts";

export type Drafted =
  | { readonly ok: true; readonly draft: Pick<Config, "rules" | "tests">; readonly locate: (problem: Problem) => Fault }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const sections = schema.pick({ rules: true, tests: true });

/**
 * Reads the two sections of a configuration that a person tries before they are written into the file: `rules` and `tests`. Nothing else is
 * taken, and references (`${env:…}`, `${file:…}`) are plain text: who drafts a rule is not thereby shown a secret.
 */
export function readDraft(text: string): Drafted {
  const parsed = parseSource("draft", text);
  if (!parsed.ok) return parsed;
  const { value, locate } = parsed.source;
  const read = sections.safeParse(value, { error: inWords });
  return read.success ? { ok: true, draft: read.data, locate } : { ok: false, faults: inOrder(problemsOf(read.error, value, []).map(locate)) };
}

/**
 * What keeps a draft out of the file although it is in order. ATTACK: a reference in a rule would be resolved with the next reload, and the page would show
 * what it leads to; who may change rules is not thereby somebody who may read the files and variables of the gateway. It is looked for in values, as a
 * reload does: YAML has many ways to write a sign (`\x24`).
 */
export function referencesIn(text: string): readonly Fault[] {
  const parsed = parseSource("draft", text);
  // What is no YAML is a fault of the draft itself.
  if (!parsed.ok) return [];
  const { value, locate } = parsed.source;
  const path = referenceIn(value);
  return path === undefined ? [] : [locate({ path, message: "a draft holds no references: write them into the file itself" })];
}
