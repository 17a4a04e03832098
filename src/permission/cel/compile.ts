import type { ASTNode } from "@marcbachmann/cel-js";
import { listed } from "../../core/listed.ts";
import { type Evaluate, Refused } from "./evaluate.ts";
import { FUNCTIONS, METHODS } from "./functions.ts";
import { MACROS, macro } from "./macros.ts";
import { compilePattern } from "./pattern.ts";
import type { Scope } from "./scope.ts";
import { calculate, compare, contains, ERROR, element, equal, field, type Value } from "./value.ts";

/** Turns a checked expression into closures. `names` are the macro variables in sight; a variable's place is its slot in `locals`. */
export function compile(node: ASTNode, names: readonly string[] = []): Evaluate {
  const sub = (child: ASTNode): Evaluate => compile(child, names);
  switch (node.op) {
    case "value":
      return literal(node);
    case "id":
      return variable(node.args, names);
    case ".": {
      const [of, key] = node.args;
      if (of.op === "id" && of.args === "action" && !names.includes("action")) return actionField(key);
      const object = sub(of);
      return (scope, locals) => field(object(scope, locals), key);
    }
    case "[]": {
      const [of, key] = node.args.map(sub) as [Evaluate, Evaluate];
      return (scope, locals) => element(of(scope, locals), key(scope, locals));
    }
    case "list": {
      const items = node.args.map(sub);
      const fixed = node.args.every((item) => item.op === "value") ? items.map((item) => item(NOWHERE, [])) : undefined;
      return fixed === undefined ? (scope, locals) => listOf(items.map((item) => item(scope, locals))) : () => fixed;
    }
    case "!_": {
      const operand = sub(node.args);
      return (scope, locals) => {
        const value = operand(scope, locals);
        return typeof value === "boolean" ? !value : ERROR;
      };
    }
    case "-_": {
      const operand = sub(node.args);
      return (scope, locals) => {
        const value = operand(scope, locals);
        return typeof value === "number" || typeof value === "bigint" ? -value : ERROR;
      };
    }
    case "?:": {
      const [test, yes, no] = node.args.map(sub) as [Evaluate, Evaluate, Evaluate];
      return (scope, locals) => {
        const value = test(scope, locals);
        return value === true ? yes(scope, locals) : value === false ? no(scope, locals) : ERROR;
      };
    }
    case "&&":
    case "||":
      return logical(node.op === "||", operands(node, node.op).map(sub));
    case "==":
    case "!=":
    case "in":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return withLiteral(node.op, node.args[1], sub(node.args[0])) ?? binary(node.op, node, sub(node.args[0]), sub(node.args[1]));
    case "call":
      return call(node, names);
    case "rcall":
      return method(node, names);
    case "map":
    case ".?":
    case "[?]":
      throw new Refused(node, "maps and optional access cannot be written in a condition");
  }
}

// Literals do not look at the request.
const NOWHERE: Scope = Object.freeze({}) as Scope;

function literal(node: ASTNode & { op: "value" }): Evaluate {
  const value = node.args;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return () => value;
  throw new Refused(node, "bytes and unsigned numbers cannot be written in a condition");
}

function variable(name: string, names: readonly string[]): Evaluate {
  const slot = names.lastIndexOf(name);
  if (slot >= 0) return (_scope, locals) => locals[slot] ?? ERROR;
  const root = name as keyof Scope;
  return (scope) => scope[root] as Value;
}

const listOf = (items: readonly Value[]): Value => (items.includes(ERROR) ? ERROR : items);

/** `a && b && c` in a row: each level of calls costs as much as a comparison. */
const operands = (node: ASTNode, op: "&&" | "||"): readonly ASTNode[] => (node.op === op ? node.args.flatMap((one) => operands(one, op)) : [node]);

/** `&&` and `||`: the side that settles it wins, also over an error on the other side, so the order does not matter. */
function logical(settles: boolean, sides: readonly Evaluate[]): Evaluate {
  return (scope, locals) => {
    let value: Value = !settles;
    for (const side of sides) {
      const one = side(scope, locals);
      if (one === settles) return settles;
      if (typeof one !== "boolean") value = ERROR;
    }
    return value;
  };
}

/** The fields that nearly every condition looks at. The type check has made sure that there is no other. */
function actionField(key: string): Evaluate {
  if (key === "tool") return ({ action }) => action.tool;
  return key === "server" ? ({ action }) => action.server : ({ action }) => action.type;
}

/** `x == "text"` and `x > 500` without the general comparison, which is right and slower. Everything else takes that. */
function withLiteral(op: Binary, literal: ASTNode, left: Evaluate): Evaluate | undefined {
  const constant = literal.op === "value" ? literal.args : undefined;
  if (op === "==" && typeof constant === "string")
    return (scope, locals) => {
      const value = left(scope, locals);
      return value === ERROR ? ERROR : value === constant;
    };
  const whole = typeof constant === "bigint" && Number.isSafeInteger(Number(constant)) ? Number(constant) : undefined;
  if (whole === undefined || typeof constant !== "bigint" || (op !== ">" && op !== "<" && op !== ">=" && op !== "<=")) return undefined;
  return (scope, locals) => {
    const value = left(scope, locals);
    return compare(op, value, typeof value === "number" ? whole : constant);
  };
}

type Binary = "==" | "!=" | "in" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

function binary(op: Binary, node: ASTNode, left: Evaluate, right: Evaluate): Evaluate {
  switch (op) {
    case "==":
      return (scope, locals) => equal(left(scope, locals), right(scope, locals));
    case "!=":
      return (scope, locals) => {
        const same = equal(left(scope, locals), right(scope, locals));
        return typeof same === "boolean" ? !same : ERROR;
      };
    case "in":
      return (scope, locals) => contains(right(scope, locals), left(scope, locals));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return (scope, locals) => compare(op, left(scope, locals), right(scope, locals));
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      mixed(node);
      return (scope, locals) => calculate(op, left(scope, locals), right(scope, locals));
  }
}

// Numbers in arguments are doubles; with a whole number beside them the calculation would fail on every request.
function mixed(node: ASTNode): void {
  const [left, right] = node.args as [ASTNode, ASTNode];
  for (const [one, other] of [[left, right] as const, [right, left] as const])
    if (one.op === "value" && typeof one.args === "bigint" && ofArguments(other))
      throw new Refused(one, "numbers in arguments do not mix with whole numbers", `write \`${one.args}.0\``);
}

function ofArguments(node: ASTNode): boolean {
  if (node.op === "." || node.op === "[]") return ofArguments(node.args[0]);
  return node.op === "id" && node.args === "args";
}

function call(node: ASTNode & { op: "call" }, names: readonly string[]): Evaluate {
  const [name, args] = node.args;
  if (name === "has") return macro(compile, node, names);
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  const [first] = args;
  if (apply === undefined || first === undefined || args.length !== 1) throw unknown(node, name);
  const value = compile(first, names);
  return (scope, locals) => apply(value(scope, locals));
}

function method(node: ASTNode & { op: "rcall" }, names: readonly string[]): Evaluate {
  const [name, receiver, args] = node.args;
  if (name === "matches") return matches(node, compile(receiver, names), args[0]);
  if (MACROS.includes(name)) return macro(compile, node, names);
  const known = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (known === undefined || known.takes !== args.length) throw unknown(node, name);
  const of = compile(receiver, names);
  const given = args.map((arg) => compile(arg, names));
  return (scope, locals) =>
    known.call(
      of(scope, locals),
      given.map((arg) => arg(scope, locals)),
    );
}

function matches(node: ASTNode, text: Evaluate, pattern: ASTNode | undefined): Evaluate {
  if (pattern?.op !== "value" || typeof pattern.args !== "string") throw new Refused(node, "the pattern of `matches` must be written out, not computed");
  const compiled = compilePattern(pattern.args);
  if ("fault" in compiled) throw new Refused(pattern, compiled.fault);
  return (scope, locals) => {
    const value = text(scope, locals);
    return typeof value === "string" ? (compiled.test(value) ?? ERROR) : ERROR;
  };
}

/** Everything that a condition may call. */
export const CALLABLE: readonly string[] = ["has", "matches", ...MACROS, ...new Set([...Object.keys(METHODS), ...Object.keys(FUNCTIONS)])];

const unknown = (node: ASTNode, name: string): Refused =>
  new Refused(node, `there is no function \`${name}\` that takes these`, `there are ${listed(CALLABLE)}`);
