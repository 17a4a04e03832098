import { type Node, parsePattern } from "./pattern-syntax.ts";

/**
 * Regular expressions for `matches()`, run as a set of states over the text (Thompson's construction): time is at most
 * text × states, whatever the text, so no argument can make a decision slow. The language is the part of JavaScript's that is
 * regular: no look-around, no back-references.
 */
export interface Pattern {
  /** What a text is multiplied with. */
  readonly states: number;
  /** True or false, or undefined where text × states is over the limit: such a text is not judged. */
  test(text: string): boolean | undefined;
}

/** Steps that one match may take: some ten milliseconds. */
const MOST_STEPS = 2_000_000;
const MOST_STATES = 2_000;

type Assertion = "^" | "$" | "b" | "B";
type Step =
  | { readonly kind: "match" }
  | { readonly kind: "char"; readonly accepts: (code: number) => boolean; next: number }
  | { readonly kind: "assert"; readonly what: Assertion; next: number }
  | { readonly kind: "split"; next: number; other: number };

/** Compiles a pattern, or says in a few words why it cannot be used. */
export function compilePattern(source: string): Pattern | { readonly fault: string } {
  const parsed = parsePattern(source);
  if ("fault" in parsed) return parsed;
  const steps: Step[] = [{ kind: "match" }];
  const start = build(parsed, 0, steps);
  if (start === undefined) return { fault: `the pattern needs more than ${MOST_STATES} states` };
  return { states: steps.length, test: (text) => (text.length * steps.length > MOST_STEPS ? undefined : run(steps, start, text)) };
}

/** Adds the steps of a node that lead on to `next` and returns where they begin. */
function build(node: Node, next: number, steps: Step[]): number | undefined {
  if (steps.length > MOST_STATES) return undefined;
  const add = (step: Step): number => steps.push(step) - 1;
  switch (node.kind) {
    case "char":
      return add({ kind: "char", accepts: node.accepts, next });
    case "assert":
      return add({ kind: "assert", what: node.what, next });
    case "sequence": {
      let at: number | undefined = next;
      for (const item of node.items.toReversed()) at = at === undefined ? undefined : build(item, at, steps);
      return at;
    }
    case "either": {
      const ways = node.items.map((item) => build(item, next, steps));
      return ways.reduce((one, other) => (one === undefined || other === undefined ? undefined : add({ kind: "split", next: other, other: one })));
    }
    case "repeat": {
      let at: number | undefined = next;
      if (node.most === undefined) {
        const loop = add({ kind: "split", next, other: next });
        const body = build(node.item, loop, steps);
        if (body === undefined) return undefined;
        steps[loop] = { kind: "split", next: body, other: next };
        at = loop;
      } else {
        for (let i = node.least; i < node.most && at !== undefined; i++) {
          const body: number | undefined = build(node.item, at, steps);
          at = body === undefined ? undefined : add({ kind: "split", next: body, other: next });
        }
      }
      for (let i = 0; i < node.least && at !== undefined; i++) at = build(node.item, at, steps);
      return at;
    }
  }
}

function run(steps: readonly Step[], start: number, text: string): boolean {
  const seen = new Int32Array(steps.length).fill(-1);
  let now: number[] = [];
  let then: number[] = [];
  // Follows everything that needs no character. `seen` makes this once per step and position, also through empty loops.
  const enter = (into: number[], from: number, at: number): boolean => {
    const open = [from];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen[index] === at) continue;
      seen[index] = at;
      const step = steps[index]!;
      if (step.kind === "match") return true;
      if (step.kind === "char") into.push(index);
      else if (step.kind === "split") open.push(step.other, step.next);
      else if (holds(step.what, text, at)) open.push(step.next);
    }
    return false;
  };
  for (let at = 0; ; at++) {
    for (const index of then) now.push(index);
    then = [];
    if (enter(now, start, at)) return true;
    if (at === text.length) return false;
    const code = text.charCodeAt(at);
    for (const index of now) {
      const step = steps[index]!;
      if (step.kind === "char" && step.accepts(code) && enter(then, step.next, at + 1)) return true;
    }
    now = [];
  }
}

function holds(what: Assertion, text: string, at: number): boolean {
  switch (what) {
    case "^":
      return at === 0;
    case "$":
      return at === text.length;
    case "b":
      return wordAt(text, at - 1) !== wordAt(text, at);
    case "B":
      return wordAt(text, at - 1) === wordAt(text, at);
  }
}

const wordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && /\w/.test(text[at]!);
