import { stringify } from "yaml";
import type { Config } from "../config/index.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Approval } from "../oversight/index.ts";
import { compilePolicy, runPolicyTests } from "../permission/index.ts";
import type { RuleDraft } from "../surfaces/api/index.ts";

type Rule = Config["rules"][number];

/**
 * What a person said of one call, as a rule for the next: a rejection as a denial of calls like it, an approval as an exception in the rule that
 * asked. It is a text to be read and pasted; nothing is changed. Tried on the configuration in force: `holds` says whether its test passes.
 */
export async function ruleFrom(approval: Approval, config: Config): Promise<RuleDraft | { readonly refused: string }> {
  const { bound, answers, reasons, id, control } = approval;
  const { action, principal } = bound;
  const last = answers.at(-1);
  if (control === true) return { refused: "this was planted: no agent had asked it" };
  if (last === undefined) return { refused: "nobody has answered this yet" };
  if (action.type !== "tool.call" || action.tool === undefined) return { refused: "a rule is made from the call of a tool" };
  const denies = last.action === "reject";
  const like = denies ? conditionOf(approval) : exactConditionOf(approval);
  if (like === undefined) return { refused: NOT_EXACT };
  const asked = reasons.flatMap((reason) => config.rules.filter((rule) => reason.id === `rules/${rule.id}`));
  const narrowed = asked.map((rule): Rule => ({ ...rule, when: `(${rule.when}) && !(${like})` }));
  if (!denies && narrowed.length === 0) return { refused: NOT_A_RULE };
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  const rules: readonly Rule[] = denies ? [{ id: freeId(`no-${id.toLowerCase()}`, config), when: like, then: "deny", mode: "enforce" }] : narrowed;
  const expect = denies ? "deny" : "permit";
  const test = { agent: principal.agent, call: action.tool, args: action.args ?? {}, expect } as const;
  const changed = denies ? [...config.rules, ...rules] : config.rules.map((rule) => rules.find((one) => one.id === rule.id) ?? rule);
  const compiled = compilePolicy({ ...config, rules: changed });
  if (!compiled.ok) return { refused: "no rule can be made of these arguments" };
  const [tried] = await runPolicyTests(compiled.policy, [test]);
  const other = tried?.ok === true ? undefined : tried?.reasons.find(({ effect }) => effect === tried.got);
  return {
    replaces: denies ? [] : rules.map((rule) => rule.id),
    yaml: yamlOf({ rules: rules.map(written), tests: [test] }),
    diff: [...(denies ? [] : asked.map((rule) => `- when: ${rule.when}`)), ...rules.map((rule) => `+ when: ${rule.when}`)].join("\n"),
    holds: tried?.ok === true,
    ...(other === undefined ? {} : { because: `${other.id}: ${other.text}` }),
  };
}

const NOT_EXACT = "no exception can be made of these arguments: it would let through calls that nobody has looked at";
const NOT_A_RULE =
  "no rule asked this, so no rule can let it through unasked: information flow is not lifted by rules, and a phase is moved by `holdfast agents promote`";

/** Calls like this one: the same tool, with the same addresses and names. Sentences and amounts differ from call to call. */
function conditionOf(approval: Approval): string {
  const { bound, reasons } = approval;
  const { args = {} } = bound.action;
  const doubted = new Set(reasons.flatMap(({ evidence = [] }) => evidence.map(({ argument }) => argument)));
  const telling = Object.entries(args).filter(
    ([name, value]) => typeof value === "string" && value.length <= 200 && (doubted.has(name) || /^\S+$/.test(value)),
  );
  return [toolOf(approval), ...(telling.length > 0 ? telling : exact(args)).map(equals)].join(" && ");
}

/**
 * The same for an exception, which loosens: a list may be a list of recipients, so it has to be this one. Undefined where a rule cannot say what
 * the call was about, so that the exception would be for the whole tool.
 */
function exactConditionOf(approval: Approval): string | undefined {
  const args = Object.entries(approval.bound.action.args ?? {});
  if (args.length === 0) return `${toolOf(approval)} && size(args) == 0`;
  const lists = args.filter(([, value]) => typeof value === "object" && value !== null);
  if (!lists.every(([, value]) => isListOfNames(value))) return undefined;
  const like = conditionOf(approval);
  return like === toolOf(approval) && lists.length === 0 ? undefined : [like, ...lists.map(equals)].join(" && ");
}

const toolOf = ({ bound }: Approval): string => `action.tool == ${JSON.stringify(bound.action.tool)}`;

const isListOfNames = (value: Json): boolean => Array.isArray(value) && value.every((one) => typeof one === "string" && one.length <= 200);

const exact = (args: JsonObject) =>
  Object.entries(args).filter(([, value]) => typeof value === "boolean" || typeof value === "number" || (typeof value === "string" && value.length <= 200));

function equals([name, value]: readonly [string, unknown]): string {
  const at = JSON.stringify(name);
  // A whole number does not mix with numbers in arguments.
  const literal = typeof value === "number" && Number.isInteger(value) ? `${value}.0` : JSON.stringify(value);
  return `${at} in args && args[${at}] == ${literal}`;
}

/** What cannot be seen is written out, so that who pastes it has read it. */
function yamlOf(value: object): string {
  const plain = stringify(value, { lineWidth: 0 });
  if (plain.search(UNSEEN) < 0) return plain;
  const quoted = stringify(value, {
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  return quoted.replace(UNSEEN, (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
}
const UNSEEN = /[^\n\P{C}]|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u3164/gu;

function freeId(wanted: string, { rules }: Config): string {
  let id = wanted;
  for (let n = 2; rules.some((rule) => rule.id === id); n++) id = `${wanted}-${n}`;
  return id;
}

/** A rule as a person writes it in the configuration: times with their unit. */
export function written({ expires, ...rule }: Rule): object {
  return { ...rule, ...(expires === undefined ? {} : { expires: `${Math.ceil(expires / 1000)}s` }) };
}
