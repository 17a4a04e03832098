import { didYouMean, type Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import type { Detector } from "../../core/detector.ts";
import { type Allowance, allowing, costOf, makingMatch, makingRule, detectors as shipped } from "../../detectors/index.ts";
import type { InputAction } from "../../input/index.ts";
import type { ModelAction, OutputAction } from "../../output/index.ts";
import { madeOnce } from "../made-once.ts";
import { names } from "./trained.ts";

type DetectorsConfig = Config["detectors"];

/** What a configuration makes of the detectors that ship. */
export interface Detecting {
  readonly detectors: readonly Detector[];
  /** Of exactly what the allow-lists let go, under the ids of these. */
  readonly allowed: readonly Detector[];
  /** What own rules lead to, where they say so themselves. */
  readonly own: {
    readonly input: ReadonlyMap<string, InputAction>;
    readonly text: ReadonlyMap<string, OutputAction>;
    readonly arguments: ReadonlyMap<string, OutputAction>;
    readonly models: ReadonlyMap<string, ModelAction>;
  };
}

/** How many steps all patterns together may take for a place: over the largest slice of text that is looked at in one turn, some 40 ms. */
const MOST_STEPS = 800;
const ALLOWABLE: ReadonlySet<string> = new Set(["credential", "personal", "name", "financial", "internal"]);

const rules = madeOnce(makingRule);
const matches = madeOnce(makingMatch);

/** Makes the tables of all rules and patterns of a configuration, in turns: a hundred words are some hundred milliseconds of work. */
export async function prepareDetectors({ own, allow }: DetectorsConfig): Promise<void> {
  await rules.ready(own);
  await matches.ready(allow.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern])));
}

let last: { readonly key: string; readonly made: Detecting } | undefined;

/** For a configuration that was checked. */
export function detecting(config: DetectorsConfig): Detecting {
  const key = JSON.stringify(config);
  if (last?.key !== key) last = { key, made: make(config) };
  return last.made;
}

const withNames: readonly Detector[] = [...shipped, names];

function make({ own, allow, names: looksForNames }: DetectorsConfig): Detecting {
  const base = looksForNames ? withNames : shipped;
  // Without rules of its own the list stays the one that ships, and everything prepared for it.
  const all = own.length === 0 ? base : [...own.flatMap(rules.of), ...base];
  const { strict, allowed } = allowing(all, allow.map(allowanceOf));
  const actions = <Action>(of: (rule: DetectorsConfig["own"][number]) => Action | undefined): ReadonlyMap<string, Action> =>
    new Map(own.flatMap((rule) => (of(rule) === undefined ? [] : [[rule.id, of(rule) as Action]])));
  return {
    detectors: strict,
    allowed,
    own: {
      input: actions(({ input }) => input),
      text: actions(({ text }) => text),
      arguments: actions((rule) => rule.arguments),
      models: actions(({ models }) => models),
    },
  };
}

function allowanceOf({ values = [], pattern, ...rest }: DetectorsConfig["allow"][number]): Allowance {
  const exact = new Set(values);
  const fits = pattern === undefined ? () => false : matches.of(pattern);
  return { ...rest, allows: (match) => exact.has(match) || fits(match) };
}

/** A configuration that masks names and looks for none would promise what it does not do. */
export function checkNames({ detectors: { names: looksForNames, own }, input, output }: Config): readonly Problem[] {
  if (looksForNames || own.some(({ kind }) => kind === "name")) return [];
  const asked: readonly (readonly [path: readonly string[], action: string])[] = [
    [["input"], input.name],
    [["output", "text"], output.text.name],
    [["output", "arguments"], output.arguments.name],
    [["output", "models"], output.models.name],
  ];
  return asked
    .filter(([, action]) => action !== "report")
    .map(([path, action]) => ({
      path: [...path, "name"],
      message: `names are to be answered with \`${action}\`, and nothing looks for names`,
      hint: "set `detectors.names: true`",
    }));
}

/** What is wrong with own rules and allow-lists: ids, patterns, and examples that say otherwise than the rule. */
export function checkDetectors({ own, allow }: DetectorsConfig): readonly Problem[] {
  const problems: Problem[] = [];
  const kinds = new Map(withNames.map(({ id, finds }) => [id, finds]));
  let steps = 0;
  for (const [index, rule] of own.entries()) {
    const path = ["detectors", "own", index];
    if (kinds.has(rule.id)) problems.push({ path: [...path, "id"], message: `there is a detector \`${rule.id}\` already` });
    kinds.set(rule.id, rule.kind);
    const made = attempt([...path, "pattern"], problems, () => rules.of(rule));
    if (made === undefined) continue;
    if (rule.pattern !== undefined) steps += costOf(rule.pattern);
    const finds = (text: string): boolean => made.some((one) => one.detect({ text, source: "user" }).length > 0);
    for (const [wanted, texts] of [
      [true, rule.examples.hit],
      [false, rule.examples.miss],
    ] as const)
      for (const [at, text] of texts.entries())
        if (finds(text) !== wanted)
          problems.push({
            path: [...path, "examples", wanted ? "hit" : "miss", at],
            message: wanted ? "the rule finds nothing in this example" : "the rule finds something in this example",
          });
  }
  if (steps > MOST_STEPS)
    problems.push({
      path: ["detectors", "own"],
      message: `the patterns together may take ${steps} steps for each character of a text, and at most ${MOST_STEPS} are taken`,
      hint: "begin patterns with fixed letters, and make their counts smaller; `words` and `hosts` cost nothing here",
    });
  const ids = new Set<string>();
  for (const [index, { id, detector, pattern }] of allow.entries()) {
    const path = ["detectors", "allow", index];
    if (ids.has(id)) problems.push({ path: [...path, "id"], message: `there is an allowance \`${id}\` already` });
    ids.add(id);
    const kind = detector === undefined ? undefined : kinds.get(detector);
    if (detector !== undefined && kind === undefined) {
      const hint = didYouMean(detector, [...kinds.keys()]);
      problems.push({ path: [...path, "detector"], message: `there is no detector \`${detector}\``, ...(hint === undefined ? {} : { hint }) });
    } else if (kind !== undefined && !ALLOWABLE.has(kind))
      problems.push({ path: [...path, "detector"], message: `what \`${detector}\` finds cannot be allowed: it is of the kind \`${kind}\`` });
    if (pattern !== undefined) attempt([...path, "pattern"], problems, () => matches.of(pattern));
  }
  return problems;
}

function attempt<T>(path: Problem["path"], problems: Problem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push({ path, message: `the pattern cannot be used: ${error.message}` });
    return undefined;
  }
}
