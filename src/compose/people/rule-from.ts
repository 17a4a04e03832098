import { type Config, visibleYaml } from "../../config/index.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import type { Approval } from "../../oversight/index.ts";
import { compilePolicy, runPolicyTests, weightOf } from "../../permission/index.ts";
import type { RuleDraft } from "../../surfaces/api/index.ts";

type Rule = Config["rules"][number];

/**
 * What a person said of one call, as a rule for the next: a rejection as a denial of calls like it, an approval as an exception in the rule that
 * asked. It is a text to be read and pasted; nothing is changed. Tried on the configuration in force: `holds` says whether its test passes.
 */
export async function ruleFrom(approval: Approval, config: Config): Promise<RuleDraft | { readonly refused: string }> {
  const { bound, answers, reasons, id, control, state, counted } = approval;
  const { action, principal } = bound;
  const last = answers.at(-1);
  // INVARIANT: in this order. Until it is answered, nothing tells a planted question from a real one.
  if (last === undefined || state === "pending") return { refused: "this is not answered yet" };
  if (control === true) return { refused: "this was planted: no agent had asked it" };
  if (action.type !== "tool.call" || action.tool === undefined) return { refused: "a rule is made from the call of a tool" };
  const denies = last.action === "reject";
  if (!denies && counted?.why !== undefined) return { refused: "what it would change could not be counted, so no rule can say up to how much" };
  const like = denies ? callsLike(approval) : callsWithin(approval);
  const asked = reasons.flatMap((reason) => config.rules.filter((rule) => reason.id === `rules/${rule.id}`));
  const narrowed = asked.map((rule): Rule => ({ ...rule, when: `(${rule.when}) && !(${like})` }));
  if (!denies && narrowed.length === 0) return { refused: NOT_A_RULE };
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  const rules: readonly Rule[] = denies ? [{ id: freeId(`no-${id.toLowerCase()}`, config), when: like, then: "deny", mode: "enforce" }] : narrowed;
  const expect = denies ? "deny" : "permit";
  const test = { agent: principal.agent, call: action.tool, args: action.args ?? {}, ...withoutAbsent({ records: counted?.records }), expect } as const;
  const changed = denies ? [...config.rules, ...rules] : config.rules.map((rule) => rules.find((one) => one.id === rule.id) ?? rule);
  const compiled = compilePolicy({ ...config, rules: changed });
  if (!compiled.ok) return { refused: "no rule can be made of these arguments" };
  const [tried] = await runPolicyTests(compiled.policy, [test]);
  const other = tried?.ok === true ? undefined : tried?.reasons.find(({ effect }) => effect === tried.got);
  return {
    replaces: denies ? [] : rules.map((rule) => rule.id),
    yaml: visibleYaml({ rules: rules.map(written), tests: [test] }),
    diff: [...(denies ? [] : asked.map((rule) => `- when: ${rule.when}`)), ...rules.map((rule) => `+ when: ${rule.when}`)].join("\n"),
    holds: tried?.ok === true,
    ...(other === undefined ? {} : { because: `${other.id}: ${other.text}` }),
  };
}

const NOT_A_RULE =
  "no rule asked this, so no rule can let it through unasked: information flow is not lifted by rules, and a phase is moved by `holdfast agents promote`";

/** What a rejection denies: the same tool, with the same addresses and names. Sentences and amounts differ from call to call. */
function callsLike({ bound, reasons }: Approval): string {
  const { tool = "", args = {} } = bound.action;
  const doubted = new Set(reasons.flatMap(({ evidence = [] }) => evidence.map(({ argument }) => argument)));
  const telling = Object.entries(args).filter(
    ([name, value]) => typeof value === "string" && value.length <= 200 && (doubted.has(name) || /^\S+$/.test(value)),
  );
  return [`action.tool == ${JSON.stringify(tool)}`, ...(telling.length > 0 ? telling : exact(args)).map(equals)].join(" && ");
}

/**
 * What an approval lets through: this agent's calls of the same tool, without further arguments, with the same values, but for sentences, and
 * amounts up to the one that was approved. ATTACK: an approved refund of 600 is no licence for one of 600,000.
 */
function callsWithin({ bound: { action, principal }, counted }: Approval): string {
  const { tool = "", args = {} } = action;
  const isAmount = (name: string, value: Json): value is number => {
    const { money, records } = weightOf({ action: { ...action, args: { [name]: value } } }, undefined);
    return typeof value === "number" && value >= 0 && (money > 0n || records > 0n);
  };
  const within = ([name, value]: readonly [string, Json]): readonly string[] => {
    const at = `args[${JSON.stringify(name)}]`;
    if (typeof value === "string" && value.split(" ").length > 2 && new RegExp(SENTENCE).test(value)) return [`${at}.matches(${JSON.stringify(SENTENCE)})`];
    return isAmount(name, value) ? [`${at} >= 0.0`, `${at} <= ${literalOf(value)}`] : same(at, value);
  };
  const parts = [`action.tool == ${JSON.stringify(tool)}`, `principal.agent == ${JSON.stringify(principal.agent)}`, only("args", args)];
  if (counted?.records !== undefined) parts.push(`act.records <= ${counted.records}`);
  return [...parts, ...Object.entries(args).flatMap(within)].join(" && ");
}
/** Words without a number, an address or anything unseen in them: nothing that names whom it goes to. */
const SENTENCE = "^(?:[A-Za-z\u00c0-\u00ff,;!?'()& -]|[.:] )*[.:]?$";

/** That what stands at this place is this, all the way down: a condition knows lists of one kind and no maps. */
function same(at: string, value: Json): readonly string[] {
  if (Array.isArray(value)) return [`size(${at}) == ${value.length}`, ...value.flatMap((item, index) => same(`${at}[${index}]`, item))];
  if (!isObject(value)) return [`${at} == ${literalOf(value)}`];
  return [only(at, value), ...Object.entries(value).flatMap(([name, item]) => same(`${at}[${JSON.stringify(name)}]`, item))];
}
const only = (at: string, value: JsonObject): string => {
  const names = Object.keys(value);
  return names.length === 0 ? `size(${at}) == 0` : `${at}.all(name, name in ${JSON.stringify(names)})`;
};

const exact = (args: JsonObject) =>
  Object.entries(args).filter(([, value]) => typeof value === "boolean" || typeof value === "number" || (typeof value === "string" && value.length <= 200));

const equals = ([name, value]: readonly [string, Json]): string => {
  const at = JSON.stringify(name);
  return `${at} in args && args[${at}] == ${literalOf(value)}`;
};

/** A whole number does not mix with numbers in arguments. */
const literalOf = (value: Json): string => (Number.isSafeInteger(value) ? `${value}.0` : JSON.stringify(value));

function freeId(wanted: string, { rules }: Config): string {
  let id = wanted;
  for (let n = 2; rules.some((rule) => rule.id === id); n++) id = `${wanted}-${n}`;
  return id;
}

/** A rule as a person writes it in the configuration: times with their unit. */
export function written({ expires, ...rule }: Rule): { readonly id: string } & object {
  return { ...rule, ...(expires === undefined ? {} : { expires: `${Math.ceil(expires / 1000)}s` }) };
}
