import { type ASTNode, ParseError } from "@marcbachmann/cel-js";
import { listed } from "../../core/listed.ts";
import { CALLABLE, compile } from "./compile.ts";
import { type Evaluate, Refused } from "./evaluate.ts";
import { environment, fieldsOf, type Scope, VARIABLES } from "./scope.ts";
import { usesOf } from "./uses.ts";
import type { Value } from "./value.ts";

/** A condition, ready to be asked. `undefined` means that it could not be evaluated; the caller decides what that means. */
export interface Condition {
  readonly holds: (scope: Scope) => boolean | undefined;
  /** The tools, servers or kinds of action without which the condition is false: where it has to be looked at. */
  readonly only: Only;
  /** What of a request it looks at: `args.to`, `principal.user`. */
  readonly uses: readonly string[];
}

export interface Only {
  readonly tools?: readonly string[];
  readonly servers?: readonly string[];
  readonly types?: readonly string[];
}

export interface ConditionFault {
  readonly message: string;
  readonly hint?: string;
  /** Characters into the text. */
  readonly offset: number;
}

let checked: ReturnType<typeof environment> | undefined;

/** Parses, checks and compiles a CEL condition; what it cannot be is said with its place in the text. */
export function compileCondition(text: string): Condition | ConditionFault {
  checked ??= environment();
  let ast: ASTNode;
  try {
    const parsed = checked.parse(text);
    ({ ast } = parsed);
    const { valid, error, type } = parsed.check();
    if (!valid) return explain(error?.code, error?.summary ?? "", error?.range?.start ?? 0, text);
    if (type !== "bool" && type !== "dyn") return { message: `a condition must be true or false; this is of type \`${type}\``, offset: 0 };
  } catch (error) {
    if (error instanceof ParseError) return explain(error.code, error.summary, error.range?.start ?? 0, text);
    throw error;
  }
  try {
    const evaluate: Evaluate = compile(ast);
    const locals: Value[] = [];
    return {
      holds: (scope) => {
        const value = evaluate(scope, locals);
        return typeof value === "boolean" ? value : undefined;
      },
      only: onlyWhere(ast),
      uses: usesOf(ast),
    };
  } catch (error) {
    if (error instanceof Refused) return { message: error.message, offset: error.node.start, ...(error.hint === undefined ? {} : { hint: error.hint }) };
    throw error;
  }
}

function explain(code: string | undefined, summary: string, offset: number, text: string): ConditionFault {
  const called = code === "no_matching_overload" ? /([A-Za-z_]\w*)\(/.exec(summary)?.[1] : undefined;
  if (called !== undefined) return { message: `condition: there is no function \`${called}\` that takes these`, offset, hint: `there are ${listed(CALLABLE)}` };
  const message = `condition: ${inWords(code, summary)}`;
  if (code === "unknown_variable") return { message, offset, hint: `a condition sees ${listed(VARIABLES)}` };
  const variable = /([a-z]+)\.$/.exec(text.slice(0, offset))?.[1];
  const known = variable === undefined ? [] : fieldsOf(variable);
  return { message, offset, ...(code === "no_such_key" && known.length > 0 ? { hint: `\`${variable}\` has ${listed(known)}` } : {}) };
}

/** The parser's objections in words of ours: a sentence is known in another language by all of it but its names. */
function inWords(code: string | undefined, summary: string): string {
  const name = /: (\w{1,64})$/.exec(summary)?.[1];
  switch (code) {
    case "unknown_variable":
      return `there is no variable \`${name ?? "?"}\``;
    case "no_such_key":
      return `there is no field \`${name ?? "?"}\``;
    case "reserved_identifier":
      return `\`${name ?? "?"}\` is a reserved word`;
    case "unexpected_token":
      return name === "EOF" ? "it ends too early" : "something else is expected here";
    case "unexpected_character":
      return "this character is not expected here";
    case "unterminated_string":
    case "unterminated_triple_quoted_string":
    case "newline_in_string":
      return "a text is not closed";
    case "invalid_number":
    case "invalid_exponent":
      return "this is no number";
    case "no_such_overload":
    case "no_matching_overload":
      return "these do not go together";
    case "cannot_index_type":
    case "invalid_index_type":
      return "there is nothing to be looked up in this";
    case "limit_exceeded":
      return "it is too long or nested too deep";
    default:
      return "this is not understood";
  }
}

/** INVARIANT: where `only` excludes a request, the condition is false for it, whatever the rest of it says (false wins over errors in `&&`). */
function onlyWhere(node: ASTNode): Only {
  if (node.op === "&&") {
    const [left, right] = [onlyWhere(node.args[0]), onlyWhere(node.args[1])];
    return { ...right, ...left };
  }
  const [name, values] = comparison(node) ?? [];
  if (values === undefined) return {};
  return name === "tool" ? { tools: values } : name === "server" ? { servers: values } : name === "type" ? { types: values } : {};
}

/** `action.tool == "x"`, `"x" == action.tool` and `action.tool in ["x", "y"]`. */
function comparison(node: ASTNode): readonly [string, readonly string[]] | undefined {
  if (node.op === "==") {
    const [left, right] = node.args;
    const name = actionField(left) ?? actionField(right);
    const value = textOf(left) ?? textOf(right);
    return name === undefined || value === undefined ? undefined : [name, [value]];
  }
  if (node.op !== "in" || node.args[1].op !== "list") return undefined;
  const name = actionField(node.args[0]);
  const values = node.args[1].args.map(textOf);
  return name === undefined || values.includes(undefined) ? undefined : [name, values.flatMap((value) => value ?? [])];
}

const textOf = (node: ASTNode): string | undefined => (node.op === "value" && typeof node.args === "string" ? node.args : undefined);
const actionField = (node: ASTNode): string | undefined =>
  node.op === "." && node.args[0].op === "id" && node.args[0].args === "action" ? node.args[1] : undefined;
