import { type Chat, type Decision, deny, type Effect, NEUTRAL, type Obligation, type Reason } from "../core/decision.ts";
import type { ActionType } from "../core/request.ts";
import { type Condition, compileCondition, type Only } from "./cel/condition.ts";
import type { Scope } from "./cel/scope.ts";
import type { Problem, RuleConfig } from "./policy-config.ts";
import type { Bound } from "./roles/ready.ts";
import type { Sequence } from "./sequence.ts";

/** A rule as the policy holds it: asked about a request, it says nothing or gives its decision. */
export interface Rule {
  readonly id: string;
  readonly condition: Condition;
  /** Its conditions as they are written: of a request, two rules of the same id and text hold alike. */
  readonly asks: string;
  /** What follows where the condition holds, if the rule is enforced. */
  readonly effect: Effect;
  readonly enforced: boolean;
  readonly holds: Decision;
  /** The same where people may answer in a chat. */
  readonly inChat?: Decision;
  /** What follows where the condition could not be evaluated. */
  readonly broken: Decision;
  /** Where the rule only counts after something else. */
  readonly sequence?: Sequence;
}

/** Compiles one rule, or says where its condition is wrong. */
export function compileRule(config: RuleConfig, index: number): Rule | Problem {
  const condition = compileCondition(config.when);
  if ("message" in condition) return { path: ["rules", index, "when"], ...condition };
  const sequence = sequenceOf(config, index);
  if (sequence !== undefined && "message" in sequence) return sequence;
  const { id, then: effect } = config;
  const enforced = config.mode === "enforce";
  const approval = approvalOf(config);
  const decision = (why: string, inChat?: readonly Chat[]): Decision => {
    const text = `rule \`${id}\` ${enforced ? SAYS[effect] : `would have ${HAVE[effect]}`}${why}`;
    const reason: Reason = enforced ? { id: `rules/${id}`, effect, text } : { id: `rules/${id}`, effect: "permit", text, would: effect };
    const asks = enforced && effect === "ask";
    return { effect: reason.effect, reasons: [asks && inChat !== undefined ? { ...reason, inChat } : reason], obligations: asks ? approval : [] };
  };
  // A condition that cannot be evaluated must not switch off a guard, and must not open a door.
  const broken = effect === "permit" ? NEUTRAL : decision(": its condition could not be evaluated");
  const inChat = config.in_chat === undefined || config.in_chat.length === 0 ? {} : { inChat: decision("", config.in_chat) };
  return { id, condition, asks: asksOf(config), effect, enforced, holds: decision(""), broken, ...inChat, ...(sequence === undefined ? {} : { sequence }) };
}

export const asksOf = ({ when, after, until }: Pick<RuleConfig, "when" | "after" | "until">): string => JSON.stringify([when, after, until]);

/** Whom the question is for, and for how long it is open; nothing where the rule does not say. */
function approvalOf({ approvers, approvals, expires }: RuleConfig): readonly Obligation[] {
  if (approvers === undefined && approvals === undefined && expires === undefined) return [];
  return [{ kind: "approval", approvers: approvers ?? [], count: approvals ?? 1, ...(expires === undefined ? {} : { expires }) }];
}

function sequenceOf({ id, then: effect, after, until }: RuleConfig, index: number): Sequence | Problem | undefined {
  const path = ["rules", index];
  if (after === undefined)
    return until === undefined
      ? undefined
      : { path: [...path, "until"], message: "`until` belongs to a rule with `after`", hint: "say after which action the rule counts" };
  // What was done before may make an agent more suspect, never less.
  if (effect === "permit") return { path: [...path, "then"], message: "a rule with `after` may ask or deny, not permit" };
  const begins = compileCondition(after);
  if ("message" in begins) return { path: [...path, "after"], ...begins };
  const ends = until === undefined ? undefined : compileCondition(until);
  if (ends !== undefined && "message" in ends) return { path: [...path, "until"], ...ends };
  return { key: JSON.stringify([id, after]), after: begins, ...(ends === undefined ? {} : { until: ends }) };
}

/** A denial that is part of a ready role. Where it cannot be evaluated, it holds. */
export function boundRule(role: string, { id, denyWhen, text }: Bound): Rule {
  const condition = compileCondition(denyWhen);
  // Ready roles are ours: one that does not compile is a bug, and must not become a role without its bound.
  if ("message" in condition) throw new TypeError(`bound \`${id}\`: ${condition.message}`);
  const holds = deny({ id: `roles/${role}/${id}`, text });
  return { id, condition, asks: denyWhen, effect: "deny", enforced: true, holds, broken: holds };
}

const SAYS: Readonly<Record<Effect, string>> = { permit: "permits this", ask: "asks a person", deny: "denies this" };
const HAVE: Readonly<Record<Effect, string>> = { permit: "permitted this", ask: "asked a person", deny: "denied this" };

/** What a rule says of a request; NEUTRAL where it has nothing to say. */
export function apply(rule: Rule, scope: Scope): Decision {
  const holds = rule.condition.holds(scope);
  if (holds !== true) return holds === undefined ? rule.broken : NEUTRAL;
  return rule.inChat === undefined || isHeavy(scope.act) ? rule.holds : rule.inChat;
}

const MANY_RECORDS = 100n;

/** INVARIANT: money, many records and configuration are a matter of the console, whatever a rule says of chats. What cannot be read counts as such. */
const isHeavy = ({ money, records, configuration }: Scope["act"]): boolean => money > 0n || records >= MANY_RECORDS || configuration;

/** Rules by what they need: ten thousand rules about other tools cost a request nothing. */
export interface RuleIndex {
  /** The rules that may hold for this kind of action on this tool, in the order of the file. */
  readonly about: Found<Rule>;
  /** The rules that look back and that such an action may arm or disarm. */
  readonly movedBy: Found<Sequence>;
}
type Found<T> = (type: ActionType, tool: string, server: string) => readonly T[];

export function indexRules(rules: readonly Rule[]): RuleIndex {
  const sequences = rules.flatMap(({ sequence }) => (sequence === undefined ? [] : [sequence]));
  return {
    about: indexBy(rules, ({ condition }) => [condition]),
    movedBy: indexBy(sequences, ({ after, until }) => (until === undefined ? [after] : [after, until])),
  };
}

/** Finds what has at least one condition that may hold. */
function indexBy<T>(all: readonly T[], conditionsOf: (one: T) => readonly Condition[]): Found<T> {
  const tools = new Map<string, T[]>();
  const servers = new Map<string, T[]>();
  const types = new Map<string, T[]>();
  const rest: T[] = [];
  const order = new Map(all.map((one, index) => [one, index]));
  const put = (into: Map<string, T[]>, keys: readonly string[], one: T): void => {
    for (const key of new Set(keys)) {
      const there = into.get(key);
      if (there === undefined) into.set(key, [one]);
      else there.push(one);
    }
  };
  const file = (one: T, only: Only): void => {
    if (only.tools !== undefined) put(tools, only.tools, one);
    else if (only.servers !== undefined) put(servers, only.servers, one);
    else if (only.types !== undefined) put(types, only.types, one);
    else rest.push(one);
  };
  for (const one of all) for (const { only } of conditionsOf(one)) file(one, only);
  return (type, tool, server) => {
    const found = new Set([...rest, ...(tools.get(tool) ?? []), ...(servers.get(server) ?? []), ...(types.get(type) ?? [])]);
    return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  };
}
