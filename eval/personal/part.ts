/** Personal and financial data: German sentences made from templates, and the vectors of public validators and recognisers. */
import type { Finding } from "../../src/core/detector.ts";
import { detectors, scan } from "../../src/detectors/index.ts";
import { benignTable } from "../detect/benign.ts";
import { rowsOf } from "../detect/data.ts";
import { f1, type Part, percent, type Table } from "../detect/part.ts";
import { KINDS, RECOGNISERS, VALIDATORS } from "./kinds.ts";

const personal = detectors.filter(({ finds }) => finds === "personal" || finds === "financial");

interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}
interface Count {
  found: number;
  missed: number;
  wrong: number;
}

export const personalData: Part = {
  id: "personal",
  title: "Personal and financial data",
  about: [
    "Sentences: a span is found if a detector of its kind covers all of it; a finding of that kind where no such span is is wrong. The templates and the made-up values are those of the set; names are another detector's matter.",
    "Vectors are bare values. Where a detector needs a word before the value, as it must in a text, the vector is set behind that word (`passport X1234567`); without the word nothing is reported, and that is intended.",
    "Passports: the detector asks for no country, so what a recogniser of one country refuses (`A12345678`, a number of another country's) counts as wrong here and is meant. Addresses of all countries (`ADDRESS`) have no form that could be told; only German, English and American ones are looked for.",
    "Commit messages, documents and conversations hold real addresses and dates of birth: findings there are no mistakes as such. They are listed by detector so that a reader can judge.",
  ],
  measure: (tell) => [
    sentences("pii/synthetic_de", tell),
    sentences("pii/presidio_generated_large", tell),
    vectors(tell),
    validators(tell),
    benignTable("Texts of others", personal, tell),
  ],
};

function sentences(set: string, tell: (wrong: string) => void): Table {
  const counts = new Map<string, Count>();
  const of = (type: string): Count => counts.get(type) ?? (counts.set(type, { found: 0, missed: 0, wrong: 0 }).get(type) as Count);
  for (const row of rowsOf(set)) {
    const findings = scan(personal, row.text, "tool");
    const spans = (row["spans"] as readonly Span[]).filter(({ type }) => KINDS[type] !== undefined);
    const fits = ({ detector }: Finding, type: string): boolean => KINDS[type]?.includes(detector) === true;
    for (const span of spans) {
      const found = findings.some((finding) => fits(finding, span.type) && finding.start <= span.start && finding.end >= span.end);
      if (found) of(span.type).found++;
      else {
        of(span.type).missed++;
        tell(`${set}: ${span.type} missed in ${JSON.stringify(row.text.slice(Math.max(0, span.start - 40), span.end + 5))}`);
      }
    }
    for (const finding of findings) {
      if (spans.some((span) => fits(finding, span.type) && span.start < finding.end && finding.start < span.end)) continue;
      const type = Object.keys(KINDS).find((name) => KINDS[name]?.includes(finding.detector));
      if (type === undefined) continue;
      of(type).wrong++;
      tell(`${set}: ${finding.detector} wrong in ${JSON.stringify(row.text.slice(Math.max(0, finding.start - 40), finding.end))}`);
    }
  }
  const rows = [...counts].map(([type, count]) => [type, count.found + count.missed, count.found, count.wrong, f1(count)]);
  return { title: `Sentences: ${set}`, columns: ["kind", "spans", "found", "wrong", "F1"], rows };
}

/** One vector: found if one of the detectors reports something in it behind its word. */
function isFound(text: string, word: string, ids: readonly string[]): boolean {
  const named = new RegExp(`(?<![\\p{L}\\d])${word.replaceAll(".", "\\.")}`, "iu");
  const before = word === "" || named.test(text) ? "" : `${word} `;
  return scan(personal, before + text, "tool").some(({ detector }) => ids.includes(detector));
}

function table(title: string, counts: ReadonlyMap<string, Count & { passed: number }>): Table {
  const all = { found: 0, missed: 0, wrong: 0, passed: 0 };
  const rows = [...counts].map(([name, count]) => {
    for (const field of ["found", "missed", "wrong", "passed"] as const) all[field] += count[field];
    return [name, count.found + count.missed, count.found, count.passed + count.wrong, count.passed, f1(count)];
  });
  const total = ["**all**", all.found + all.missed, all.found, all.passed + all.wrong, all.passed, f1(all)];
  return {
    title,
    columns: ["vectors", "valid", "found", "invalid", "passed", "F1"],
    rows: [...rows, total],
    note: `Valid ones found: ${percent(all.found, all.found + all.missed)}; invalid ones passed: ${percent(all.passed, all.passed + all.wrong)}.`,
  };
}

function counted(
  cases: Iterable<readonly [name: string, text: string, valid: boolean, found: boolean]>,
  tell: (wrong: string) => void,
): ReadonlyMap<string, Count & { passed: number }> {
  const counts = new Map<string, Count & { passed: number }>();
  for (const [name, text, valid, found] of cases) {
    const count = counts.get(name) ?? { found: 0, missed: 0, wrong: 0, passed: 0 };
    counts.set(name, count);
    count[valid ? (found ? "found" : "missed") : found ? "wrong" : "passed"]++;
    if (valid !== found) tell(`${name}: ${valid ? "missed" : "wrong"} ${JSON.stringify(text)}`);
  }
  return counts;
}

function vectors(tell: (wrong: string) => void): Table {
  const cases = rowsOf("pii/presidio_recognizer_vectors").flatMap((row) => {
    const name = String(row["recognizer"]).replace("_recognizer", "");
    const known = RECOGNISERS[name];
    return known === undefined ? [] : [[name, row.text, row.label === 1, isFound(row.text, ...known)] as const];
  });
  return table("Vectors of recognisers (Presidio)", counted(cases, tell));
}

function validators(tell: (wrong: string) => void): Table {
  const cases = rowsOf("pii/validatorjs_vectors").flatMap((row) => {
    const name = `${row["validator"]} ${String(row["args"]).replace(/[[\]"]/g, "")}`.trim();
    const known = VALIDATORS[name];
    // A validator is asked about a whole value: a text with other things in it is not what its `invalid` means.
    return known === undefined || row.text === "" ? [] : [[name, row.text, row.label === 1, isFound(row.text, ...known)] as const];
  });
  return table("Vectors of a library of validators (validator.js)", counted(cases, tell));
}
