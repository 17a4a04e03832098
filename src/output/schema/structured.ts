import { type Decision, deny, isObject, type Json, NEUTRAL, parseJsonText, type Request } from "../../core/index.ts";
import type { Question } from "../whole/whole.ts";
import { ANY_JSON, type Form, formOf } from "./form.ts";
import type { CompilePattern } from "./rebuild.ts";

/** Whether what has another form than was declared is withheld, only told, or not looked at. */
export type Checking = "off" | "monitor" | "enforce";

const ID = "output/schema";
/** What a form is compared with is no longer than this; the deepest and largest are refused by the form itself. */
const LIMITS = { bytes: 1 << 20, depth: 64, nodes: 20_000, keys: 5_000, string: 1 << 20 };

/** Whether the text of an answer has the form that its request declares. Undefined where it declares none. */
export function structured({ expects, action }: Request, checking: Checking, compilePattern: CompilePattern): Question | undefined {
  if (expects === undefined || checking === "off" || action.type !== "model.call") return undefined;
  let form: Form | undefined;
  return {
    holds: checking === "enforce",
    ask(text) {
      const parsed = parseJsonText(text, LIMITS);
      if (!parsed.ok) return misfit("the answer was to be JSON, and it is none that can be read safely");
      if (expects === "json") return isObject(parsed.value) ? NEUTRAL : misfit("the answer was to be a JSON object, and it is something else");
      form ??= formOf(expects, compilePattern);
      const fault = form.fault(parsed.value);
      return fault === undefined ? NEUTRAL : misfit(`the answer is not what the request's schema says: ${fault}`);
    },
  };
}

/** What is wrong with a result by the form that its tool declares; undefined: nothing. */
export function misfitting(form: Form | undefined, value: Json): Decision | undefined {
  const fault = (form ?? ANY_JSON).fault(resultOf(value));
  return fault === undefined ? undefined : misfit(`the result is not what was declared of the tool: ${fault}`);
}

/** Of a result over MCP its structured part is what was declared, unless it is an error. */
function resultOf(value: Json): Json {
  return isObject(value) && value["structuredContent"] !== undefined && Array.isArray(value["content"]) ? value["structuredContent"] : value;
}

const misfit = (text: string): Decision => deny({ id: ID, text });
