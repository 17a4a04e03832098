/** What another version of the rules would have said of something that is on record. Nothing is counted, and nothing is remembered. */
import { countedIn, recordsIn } from "../core/counted.ts";
import { type Decision, EFFECTS, type Effect, NEUTRAL, type Reason, stricter } from "../core/decision.ts";
import type { Inspection } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import { scopeOf } from "./cel/scope.ts";
import { judgeBy } from "./judge.ts";
import type { Policy } from "./policy.ts";
import type { RuleConfig } from "./policy-config.ts";
import { asksOf, type Rule } from "./rules.ts";
import { nameOf, type Subject } from "./subject.ts";

/** A decision as the log has it. */
export interface OnRecord {
  readonly request: Request;
  readonly inspection: Inspection;
  /** What of it is masked, cut or not recorded at all: `args.to`, `principal.user`, `findings`. */
  readonly missing: readonly string[];
  /** What was said then. */
  readonly reasons: readonly Reason[];
  /** The rules that were asked then, where that is known: which of them held need not be worked out again, it is on record. */
  readonly asked?: Asked | undefined;
}

/** The conditions of rules by their ids; `roles`: the roles were those of today. */
export interface Asked {
  readonly rules: ReadonlyMap<string, string>;
  readonly roles: boolean;
}

export const askedBy = (rules: readonly RuleConfig[], roles: boolean): Asked => ({ rules: new Map(rules.map((rule) => [rule.id, asksOf(rule)])), roles });

export interface Replayed {
  /** What was said then, before any person was asked. */
  readonly before: Effect;
  /** What would be said; undefined where that depends on something which is not on record. */
  readonly after: Effect | undefined;
  /** The rules that make the difference. */
  readonly by: readonly string[];
  /** The rules in monitor mode that would have had a say. */
  readonly watching: readonly string[];
  /** The rules of which nobody can tell whether they would have held, and what they look at that is not on record. */
  readonly doubts: readonly Doubt[];
}

export interface Doubt {
  /** As it stands in reasons: `rules/big-payment`. "": none of them, but the roles, which were others. */
  readonly rule: string;
  /** Names of what is missing; `after`: what was done before, and `roles`. */
  readonly looks: readonly string[];
}

/** Of so many rules that may or may not have held all cases are gone through. */
const MOST_DOUBTS = 6;
/** And so many rules are asked for that, or nothing else would be done meanwhile. */
const MOST_ASKED = 20_000;

/**
 * Judges what is on record by the rules of `policy`. What everything but role and rules said then (detectors, information flow, budgets, phases) still
 * counts. INVARIANT: of a rule whose condition looks at something that is missing nothing is assumed: `after` is given only where every case ends alike.
 */
export function replay(policy: Policy, { request, inspection, missing, reasons, asked }: OnRecord): Replayed {
  const own = reasons.filter(({ id }) => isPolicy(id));
  const others = strictest(reasons.filter(({ id }) => !isPolicy(id) && !isAnswer(id)));
  const before = stricter(strictest(own), others);
  const subject = policy.agents.get(request.principal.agent)?.subject(request.action.type, nameOf(request));
  if (subject === undefined)
    return { before, ...(before === "deny" ? { after: before, doubts: [] } : { after: undefined, doubts: [OTHER_ROLES] }), by: [], watching: [] };
  const counts = policy.tools.countedBy(subject.tool) !== undefined;
  const counted = counts ? countedIn({ reasons }) : undefined;
  const gone = counts && counted === undefined ? [...missing, "act.records"] : missing;
  const scope = scopeOf(request, inspection, subject, policy.zone, undefined, BigInt(recordsIn(counted)));
  const held = new Set<Rule>();
  const doubtful = new Map<Rule, Doubt>();
  for (const rule of [...subject.bounds, ...subject.rules]) {
    const known = recorded(rule, subject, asked, own);
    const looks = known === undefined ? lost(rule, gone) : [];
    const holds = known ?? (looks.length > 0 ? undefined : holdsIn(rule, scope));
    if (holds === true) held.add(rule);
    else if (holds === undefined) doubtful.set(rule, { rule: idOf(rule), looks: looks.length > 0 ? looks : ["after"] });
  }
  const doubts = [...doubtful.values(), ...rolesChanged(subject, own)];
  const decide = (holding: ReadonlySet<Rule>): Decision => judgeBy(policy, subject, (rule) => (holding.has(rule) ? rule.holds : NEUTRAL));
  const sure = decide(held);
  const few = doubts.length <= MOST_DOUBTS && 2 ** doubts.length * subject.rules.length <= MOST_ASKED && doubts.every(({ rule }) => rule !== "");
  const cases = few ? subsets([...doubtful.keys()]).map((more) => decide(new Set([...held, ...more]))) : undefined;
  const after = others === "deny" ? others : agreed(cases?.map(({ effect }) => stricter(effect, others)));
  return {
    before,
    after,
    by: after === undefined || after === before ? [] : differing(own, sure, before, after),
    watching: subject.rules.filter((rule) => !rule.enforced && held.has(rule)).map(({ id }) => id),
    doubts: after === undefined ? doubts : [],
  };
}

/** Whether the rule held then, if it was asked: a rule that had a say is among the reasons. */
function recorded(rule: Rule, { bounds }: Subject, asked: Asked | undefined, own: readonly Reason[]): boolean | undefined {
  if (asked === undefined) return undefined;
  const known = bounds.includes(rule) ? asked.roles : asked.rules.get(rule.id) === rule.asks;
  return known ? own.some(({ id }) => id === idOf(rule)) : undefined;
}

function lost({ condition }: Rule, missing: readonly string[]): readonly string[] {
  return missing.filter((name) => condition.uses.some((use) => use === name || use.startsWith(`${name}.`) || name.startsWith(`${use}.`)));
}

/** As in a decision: a guard that cannot be evaluated holds, and a door stays shut. Undefined where it depends on what was done before. */
function holdsIn({ condition, effect, sequence }: Rule, scope: Parameters<Rule["condition"]["holds"]>[0]): boolean | undefined {
  const holds = condition.holds(scope) ?? effect !== "permit";
  return holds && sequence !== undefined ? undefined : holds;
}

/**
 * The role said something else then, under another version of the file or of what is known of the tool, or what it was about is masked: that is no
 * difference of these rules.
 */
function rolesChanged({ base, bounds }: Subject, own: readonly Reason[]): readonly Doubt[] {
  const bounded = new Set(bounds.map(idOf));
  const then = own.filter(({ id }) => !id.startsWith("rules/") && !bounded.has(id));
  return then.length > 0 && strictest(then) !== base.effect ? [OTHER_ROLES] : [];
}

function differing(own: readonly Reason[], sure: Decision, before: Effect, after: Effect): readonly string[] {
  const tighter = EFFECTS.indexOf(after) > EFFECTS.indexOf(before);
  const [now, then] = [sure.reasons, own].map((list) => list.filter(({ id }) => id.startsWith("rules/")));
  const [these = [], those = [], effect] = tighter ? [now, then, after] : [then, now, before];
  const found = these.filter((one) => one.effect === effect && !those.some(({ id, effect: said }) => id === one.id && said === one.effect));
  // A door that was opened says so itself.
  const opened = tighter ? [] : (now ?? []).filter((one) => one.effect === "permit" && one.would === undefined);
  return [...new Set([...found, ...opened].map(({ id }) => id.slice("rules/".length)))];
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_item, at) => (bits & (1 << at)) !== 0));
}

function agreed(effects: readonly Effect[] | undefined): Effect | undefined {
  const [first] = effects ?? [];
  return effects?.every((one) => one === first) === true ? first : undefined;
}

const OTHER_ROLES: Doubt = { rule: "", looks: ["roles"] };
const idOf = ({ id, holds }: Rule): string => holds.reasons[0]?.id ?? id;
const strictest = (reasons: readonly Reason[]): Effect => reasons.reduce<Effect>((most, { effect }) => stricter(most, effect), "permit");

/** What role and rules say. */
const isPolicy = (id: string): boolean => id === "default-deny" || /^(?:rules|roles)\//.test(id) || /^agents\/[^/]+\/(?:models|role|egress)$/.test(id);
/** What a person answered, or that nobody did. */
const isAnswer = (id: string): boolean => id.startsWith("oversight/");
