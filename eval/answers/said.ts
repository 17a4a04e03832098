/** Answers that give advice, promise or insult, and answers that only sound like it: an own set, half of which nobody looks at. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { conduct, scanner } from "../../src/detectors/index.ts";
import { percent, type Table } from "../detect/part.ts";

const FOLDER = join(import.meta.dirname, "said");
const looks = scanner(conduct);

export interface Said {
  readonly kind: string;
  readonly language: string;
  readonly text: string;
  readonly meant: boolean;
  /** By a hash of the text: the rules may be written with it in view. */
  readonly seen: boolean;
}

/** `kind.language.txt`, a line each: `+` what is to be found, `-` what is to be left alone. */
export function allSaid(): readonly Said[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const [kind = "", language = ""] = file.split(".");
    const lines = readFileSync(join(FOLDER, file), "utf8").split("\n");
    return lines.flatMap((line) => {
      const text = line.slice(2);
      return text === ""
        ? []
        : [{ kind, language, text, meant: line.startsWith("+ "), seen: (createHash("sha256").update(text).digest()[0] as number) % 2 === 0 }];
    });
  });
}

export function said(tell: (wrong: string) => void): Table {
  const counts = new Map<string, { found: number; meant: number; wrong: number; other: number }>();
  for (const { kind, language, text, meant, seen } of allSaid()) {
    const key = [kind, language, seen ? "seen" : "held out"].join("|");
    const count = counts.get(key) ?? { found: 0, meant: 0, wrong: 0, other: 0 };
    counts.set(key, count);
    const found = looks.matches(text, "model").some(({ detector }) => detector === kind);
    count[meant ? "meant" : "other"]++;
    if (found) count[meant ? "found" : "wrong"]++;
    if (seen && found !== meant) tell(`${kind} ${language}: ${meant ? "missed" : "wrong"}: ${text}`);
  }
  const sums = new Map<string, { found: number; meant: number; wrong: number; other: number }>();
  for (const [key, count] of counts) {
    const half = `**all**||${key.split("|")[2]}`;
    const sum = sums.get(half) ?? { found: 0, meant: 0, wrong: 0, other: 0 };
    for (const field of ["found", "meant", "wrong", "other"] as const) sum[field] += count[field];
    sums.set(half, sum);
  }
  return {
    title: "Advice, promises and insults: an own set",
    columns: ["kind", "language", "half", "meant", "found", "", "only alike", "wrong", ""],
    rows: [...[...counts].sort(), ...[...sums].sort()].map(([key, { found, meant, wrong, other }]) => [
      ...key.split("|"),
      meant,
      found,
      percent(found, meant),
      other,
      wrong,
      percent(wrong, other),
    ]),
  };
}
