import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../../scripts/root.ts";
import { type Content, defaultLabel, type SourceKind } from "../../src/core/index.ts";
import { conduct, scanner } from "../../src/detectors/index.ts";
import { groundingOf } from "../../src/output/index.ts";
import { benignSets, rowsOf } from "../detect/data.ts";
import { type Part, percent, type Table } from "../detect/part.ts";
import { said } from "./said.ts";
import { scope } from "./scope.ts";

const looks = scanner(conduct);

/** Every text as if a model had answered it. */
function harmless(tell: (wrong: string) => void): Table {
  const rows = benignSets().map((set) => {
    const counts = new Map<string, number>();
    let texts = 0;
    let hit = 0;
    for (const { text } of rowsOf(`benign/${set}`)) {
      texts++;
      const found = new Set(looks.matches(text, "model").map(({ detector }) => detector));
      if (found.size > 0) hit++;
      for (const detector of found) counts.set(detector, (counts.get(detector) ?? 0) + 1);
      for (const { detector, start, end } of looks.matches(text, "model")) tell(`${set}: ${detector}: ${text.slice(start, end)}`);
    }
    return [set, texts, hit, percent(hit, texts), [...counts].map(([id, n]) => `${id} ${n}`).join(", ")];
  });
  return {
    title: "What answers should not say, in harmless texts",
    columns: ["set", "texts", "with a finding", "", "what was found"],
    rows,
  };
}

interface Run {
  readonly attack?: string | null;
  readonly utility?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : Array.isArray(content)
      ? content.map((part) => String((part as { text?: unknown; content?: unknown }).text ?? (part as { content?: unknown }).content ?? "")).join("\n")
      : "";

/** Final answers of recorded runs that did what was asked, with their own tools' results, and with those of another run. */
function grounded(): Table {
  const runs = ["gpt-4o-2024-08-06", "google_gemini-2.5-pro", "gpt-5.1-2025-11-13"].flatMap((model) =>
    gunzipSync(readFileSync(join(ROOT, `../shared/data/agent/runs_agentdyn/${model}.jsonl.gz`)))
      .toString("utf8")
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Run]))
      .filter(({ attack, utility }) => (attack ?? "none") === "none" && utility === true),
  );
  const cases = runs.flatMap(({ messages }) => {
    const answer = textOf(messages.at(-1)?.content);
    const content = messages.slice(0, -1).flatMap(({ role, content }): Content[] => {
      const kind: SourceKind | undefined = role === "user" ? "user" : role === "tool" ? "tool" : role === "system" ? "system" : undefined;
      return kind === undefined ? [] : [{ source: { kind }, label: defaultLabel({ kind }), text: textOf(content) }];
    });
    return answer.length < 40 || content.length < 2 ? [] : [{ answer, content }];
  });
  const scores = (of: (at: number) => readonly Content[]): readonly number[] =>
    cases.flatMap(({ answer }, at) => {
      const found = groundingOf(answer, of(at));
      // Where nothing was claimed that could be looked up, nothing is measured.
      return found === undefined || (found.score === 1 && groundingOf(answer, [NOTHING])?.score === 1) ? [] : [found.score];
    });
  const row = (name: string, all: readonly number[]): readonly (string | number)[] => {
    const sorted = [...all].sort((a, b) => a - b);
    const under = all.filter((score) => score < 0.5).length;
    return [name, all.length, (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2), under, percent(under, all.length)];
  };
  return {
    title: "How grounded answers are",
    columns: ["what the answer is compared with", "answers", "median score", "under 0.5", ""],
    rows: [
      row(
        "what its own run had read",
        scores((at) => cases[at]?.content ?? []),
      ),
      row(
        "what the run seven further on had read",
        scores((at) => cases[(at + 7) % cases.length]?.content ?? []),
      ),
    ],
    note: "Recorded runs without an attack that did what was asked (AgentDyn, three models). The other run has the same people and the same house, so much stands in both.",
  };
}

const NOTHING: Content = { source: { kind: "tool" }, label: defaultLabel({ kind: "tool" }), text: "" };

export const answersAsAWhole: Part = {
  id: "answers",
  title: "What answers say",
  about: [
    "No public set has answers with promises or advice in it, so one was written (`eval/answers/said`): sentences of answers, and others with the same words that are none. It was written before anything was run on it, by somebody who had read the rules of then. Half of it, by a hash of each sentence, was in view when the rules were rewritten; the other half is only counted, and its sentences are never shown. Its author knew them, so real answers will be found less often than these.",
    "Before, at commit ff0c06f: 33 of 305 seen and 38 of 315 held out were found, with 2 of 313 and 2 of 307 wrong.",
  ],
  measure: (tell) => [said(tell), scope(), harmless(tell), grounded()],
};
