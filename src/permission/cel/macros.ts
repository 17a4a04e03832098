import type { ASTNode } from "@marcbachmann/cel-js";
import { type Evaluate, Refused } from "./evaluate.ts";
import { ERROR, field, isList, isMap, type Value } from "./value.ts";

/** Compiles an expression inside a macro; handed in, because macros hold expressions and expressions hold macros. */
type Compile = (node: ASTNode, names: readonly string[]) => Evaluate;

/** Work that one macro may do on one request: lists in arguments are as long as the caller likes. */
const MOST_ITEMS = 10_000;
const MOST_NESTED = 2;

type Macro = ASTNode & ({ op: "call" } | { op: "rcall" });

/** `has(a.b)` and the macros over lists: `l.all(x, …)`, `exists`, `exists_one`, `filter`, `map`. */
export function macro(compile: Compile, node: Macro, names: readonly string[]): Evaluate {
  if (node.op === "call") return has(compile, node, names);
  const [name, receiver, args] = node.args;
  const loop = LOOPS[name];
  const [bound, body] = args;
  if (loop === undefined || bound?.op !== "id" || body === undefined || args.length !== 2)
    throw new Refused(node, `\`${name}\` takes a name and an expression`);
  // Loops in loops multiply, and their lists are foreign.
  if (names.length >= MOST_NESTED) throw new Refused(node, `\`${name}\` is nested more than ${MOST_NESTED} deep`);
  const slot = names.length;
  const over = compile(receiver, names);
  const each = compile(body, [...names, bound.args]);
  const most = slot === 0 ? MOST_ITEMS : MOST_ITEMS / 100;
  return (scope, locals) => {
    const range = over(scope, locals);
    const items = isList(range) ? range : isMap(range) ? Object.keys(range) : undefined;
    if (items === undefined || items.length > most) return ERROR;
    const at = (item: Value): Value => {
      locals[slot] = item;
      return each(scope, locals);
    };
    return loop(items, at);
  };
}

type Loop = (items: readonly Value[], at: (item: Value) => Value) => Value;

const LOOPS: Readonly<Record<string, Loop>> = {
  all: (items, at) => until(false, items, at),
  exists: (items, at) => until(true, items, at),
  exists_one: (items, at) => {
    let found = 0;
    for (const item of items) {
      const value = at(item);
      if (typeof value !== "boolean") return ERROR;
      if (value) found++;
    }
    return found === 1;
  },
  filter: (items, at) => {
    const kept: Value[] = [];
    for (const item of items) {
      const value = at(item);
      if (typeof value !== "boolean") return ERROR;
      if (value) kept.push(item);
    }
    return kept;
  },
  map: (items, at) => {
    const made = items.map(at);
    return made.includes(ERROR) ? ERROR : made;
  },
};

/** The macros over lists. */
export const MACROS: readonly string[] = Object.keys(LOOPS);

/** One item that settles it is enough, also where others could not be computed. */
function until(settles: boolean, items: readonly Value[], at: (item: Value) => Value): Value {
  let failed = false;
  for (const item of items) {
    const value = at(item);
    if (value === settles) return settles;
    if (typeof value !== "boolean") failed = true;
  }
  return failed ? ERROR : !settles;
}

/** True where the last name is there. A name before it that is missing is an error: the rule's author expected it. */
function has(compile: Compile, node: ASTNode & { op: "call" }, names: readonly string[]): Evaluate {
  const of = node.args[1][0];
  if (of?.op !== ".") throw new Refused(node, "`has` takes a field, such as `has(args.amount)`");
  const [object, key] = of.args;
  const value = compile(object, names);
  return (scope, locals) => {
    const found = value(scope, locals);
    return found === ERROR ? ERROR : field(found, key) !== ERROR;
  };
}
