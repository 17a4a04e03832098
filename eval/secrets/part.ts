/** Secrets: the examples of two public lists of rules, and texts without any. */
import { createHash } from "node:crypto";
import { detectors, scan } from "../../src/detectors/index.ts";
import { benignTable } from "../detect/benign.ts";
import { type Row, rowsOf } from "../detect/data.ts";
import { type Part, percent, type Table } from "../detect/part.ts";
import { isPlaceholder, listedRules, type Rules } from "./rules.ts";

const credentials = detectors.filter(({ finds }) => finds === "credential");
const SETS = ["gitleaks_tests", "noseyparker_examples"] as const;
const ENTROPY = new Set(["assigned-secret"]);

export const secrets: Part = {
  id: "secrets",
  title: "Secrets",
  about: [
    "Expressions were written from what the public rules say about a key's form. Then the examples of one half of the rules (by a hash of the rule's id) were looked at, and the other half was counted only: at commit b737ba5 377 of 387 (gitleaks) and 141 of 185 (Nosey Parker) of its positives were found. After that the other half was looked at too, so both halves are seen data today.",
    "Apart, by one rule for both lists: positives whose value, as their own rule takes it out, is a placeholder (a variable, one sign over and over, `EXAMPLE`, `password`), because nobody wants those masked; negatives in which another rule finds something, where the general rules (`generic`) count among themselves only. What is left of the wrong negatives holds a secret of another form than its rule's: a whole Auth0 secret in another order, a value of `AWS_SECRET_ACCESS_KEY` of another length than Amazon's (other stores that speak S3 take their keys from the same variable), a Mailchimp key given to a function, a token of Meraki with six digits too many. They are masked, and that is meant.",
    "Found: any finding of a credential in the example. Passed: none. A negative example in which another rule of the lists finds something (a key of another form, mostly) is counted apart. Rules of mere identifiers (bucket names, client ids) are counted apart: they are no secrets, and no detector looks for them.",
  ],
  measure: (tell) => [...examples(tell), precision(), benignTable("Texts without secrets", credentials, tell)],
};

function half(rule: string): string {
  return (createHash("sha256").update(rule).digest()[0] as number) % 2 === 0 ? "looked at first" : "counted first";
}

function examples(tell: (wrong: string) => void): readonly Table[] {
  const rules = listedRules();
  const counts = new Map<string, { found: number; n: number }>();
  for (const set of SETS) {
    for (const row of rowsOf(`secrets/${set}`)) {
      const rule = String(row["rule"]);
      const found = scan(credentials, row.text, "tool").length > 0;
      const kind = kindOf(row, rules);
      const key = [set, half(rule), kind].join("|");
      for (const one of kind.includes("apart") ? [key] : [key, ["**both**", "both", kind].join("|")]) {
        const count = counts.get(one) ?? { found: 0, n: 0 };
        counts.set(one, { found: count.found + Number(found), n: count.n + 1 });
      }
      if (found !== (row.label === 1) && !key.includes("apart")) tell(`${key} ${rule}: ${JSON.stringify(row.text.slice(0, 160))}`);
    }
  }
  const rows = [...counts].sort().map(([key, { found, n }]) => {
    const [set = "", part = "", kind = ""] = key.split("|");
    const right = kind.startsWith("negative") ? n - found : found;
    return [set, part, kind, n, kind.startsWith("negative") ? "passed" : "found", right, percent(right, n)];
  });
  return [{ title: "The rules' own examples", columns: ["set", "half of the rules", "examples", "n", "", "right", ""], rows }];
}

function kindOf(row: Row, { others, value }: Rules): string {
  const categories = (row["categories"] as readonly string[] | undefined) ?? ["secret"];
  if (!categories.includes("secret") && categories.includes("identifier")) return `${row.label === 1 ? "positive" : "negative"}, identifiers apart`;
  const rule = String(row["rule"]);
  if (row.label === 1) {
    const secret = value(rule, row.text);
    return secret !== undefined && isPlaceholder(secret) ? "positive, a placeholder: apart" : "positive";
  }
  return others(rule, row.text) ? "negative, another rule finds something: apart" : "negative";
}

/** Of the values that are told by entropy and the name before them: how many are secrets. */
function precision(): Table {
  const count = (rows: readonly Row[]): number =>
    rows.reduce((sum, { text }) => sum + scan(credentials, text, "tool").filter(({ detector }) => ENTROPY.has(detector)).length, 0);
  const examplesOf = (label: number): readonly Row[] => SETS.flatMap((set) => rowsOf(`secrets/${set}`)).filter((row) => row.label === label);
  const right = count(examplesOf(1));
  const benign = ["lockfiles", "code", "config"].map((set) => [set, count(rowsOf(`benign/${set}`))] as const);
  const wrong = benign.reduce((sum, [, found]) => sum + found, 0);
  const negatives = count(examplesOf(0));
  return {
    title: "The rule of entropy (`assigned-secret`)",
    columns: ["where", "findings", "precision"],
    rows: [
      ["positive examples of the rules", right, ""],
      ...benign.map(([set, found]) => [set, found, ""]),
      ["all of these", right + wrong, percent(right, right + wrong)],
      ["with the rules' negative examples", right + wrong + negatives, percent(right, right + wrong + negatives)],
    ],
    note: "Where a more specific detector names the finding, it is not counted here.",
  };
}
