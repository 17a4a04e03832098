import type { Fault, Problem } from "./fault.ts";
import { inOrder } from "./fault.ts";
import { problemsOf } from "./problems.ts";
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
  const read = sections.safeParse(value);
  return read.success ? { ok: true, draft: read.data, locate } : { ok: false, faults: inOrder(problemsOf(read.error, value, []).map(locate)) };
}
