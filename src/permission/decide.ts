import { type Decision, deny, join, NEUTRAL, stricter } from "../core/decision.ts";
import type { Inspection, PermissionLayer } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { controlsOf, type PermissionOptions } from "./agent-controls.ts";
import { type Scope, scopeOf } from "./cel/scope.ts";
import type { Control } from "./controls/control.ts";
import { recordsControl } from "./controls/records.ts";
import { createHistories, type History, NOTHING_ARMED } from "./histories.ts";
import { judgeBy } from "./judge.ts";
import type { AgentPolicy, Policy } from "./policy.ts";
import { apply } from "./rules.ts";
import { advance } from "./sequence.ts";
import { nameOf, type Subject } from "./subject.ts";

/** Layer 2, told how what it decided ended. */
export interface SettledPermission extends PermissionLayer {
  settle(request: Request, outcome: Outcome): void;
}

/**
 * Layer 2: may this principal do this? Default deny; a denial wins over everything; only a role's grant or an enforced `permit` rule
 * is a permission. Every answer carries the reasons that made it.
 */
export function permissionLayer(policy: Policy, options: PermissionOptions): SettledPermission {
  const { clock, histories = createHistories(), familiar, ledger } = options;
  const records = policy.tools.counts ? recordsControl(policy, options.count) : undefined;
  const agents = new Map(
    [...policy.agents].map(([name, agent]): [string, Asked] => {
      const { rates, others } = controlsOf(policy, agent, options, histories);
      return [name, askedOf(agent, rates, records === undefined ? others : [...others, records])];
    }),
  );
  const { session: idle } = policy.flow;
  return {
    decide(request, inspection) {
      const asked = agents.get(request.principal.agent);
      if (asked === undefined) return UNKNOWN_AGENT;
      const now = clock.monotonic();
      // Asked of every request, whatever it is about: a session in which anything is done is not idle.
      const past = histories.known(request.principal, now, idle, request.context.conversation);
      // What comes too fast must not keep the store busy.
      const tooFast = tighten(asked.rates, request, inspection, now);
      if (tooFast.effect === "deny") return tooFast;
      const waits = fetch(asked.fetching, request, now);
      if (waits === undefined) return decideNow(asked, request, inspection, now, past);
      return waits.then(() => {
        const then = clock.monotonic();
        const decision = decideNow(asked, request, inspection, then, histories.known(request.principal, then, idle, request.context.conversation));
        // What was fetched for it is free again.
        if (decision.effect === "deny") ledger?.drop(request.id);
        return decision;
      });
    },
    settle(request, outcome) {
      ledger?.settle(request.id, outcome);
      const now = clock.monotonic();
      for (const control of agents.get(request.principal.agent)?.settling ?? []) control.settle?.(request, outcome, now);
    },
  };

  /** INVARIANT: from the first of these controls to the last `done` nothing is awaited, so no two requests are permitted what is left for one. */
  function decideNow(asked: Asked, request: Request, inspection: Inspection, now: number, past: History | undefined): Decision {
    const before = past?.armed ?? NOTHING_ARMED;
    const controlled = tighten(asked.checking, request, inspection, now);
    if (controlled.effect === "deny") return controlled;
    const subject = asked.agent.subject(request.action.type, nameOf(request));
    const scope = (): Scope => scopeOf(request, inspection, subject, policy.zone, familiar, records?.counted(request));
    const judged = judge(policy, subject, scope, before);
    const said = controlled === NEUTRAL ? judged : join(judged, controlled);
    const decision = reviewed(asked.reviewing, request, inspection, said);
    // What is asked about may be approved; then it happened. What is denied did not.
    if (decision.effect === "deny") return decision;
    const permitted = stricter(decision.effect, inspection.decision.effect) === "permit";
    if (subject.moves.length > 0) {
      const armed = advance(subject.moves, before, scope(), permitted);
      if (armed !== before) {
        const history = histories.of(request.principal, now, idle, request.context.conversation);
        // INVARIANT: what arms a rule and cannot be remembered does not happen.
        if (history === undefined) return join(decision, NO_ROOM);
        history.armed = armed;
      }
    }
    for (const control of asked.told) control.done?.(request, now, permitted);
    return decision;
  }
}

/** An agent with its controls, by what each of them has: most have `check` alone, and what a control does not have is not looked for with every request. */
interface Asked {
  readonly agent: AgentPolicy;
  readonly rates: readonly Control[];
  readonly fetching: readonly Control[];
  readonly checking: readonly Control[];
  readonly reviewing: readonly Control[];
  readonly told: readonly Control[];
  readonly settling: readonly Control[];
}

function askedOf(agent: AgentPolicy, rates: readonly Control[], others: readonly Control[]): Asked {
  const having = (what: "ready" | "review" | "done" | "settle"): readonly Control[] => others.filter((control) => control[what] !== undefined);
  return { agent, rates, fetching: having("ready"), checking: others, reviewing: having("review"), told: having("done"), settling: having("settle") };
}

/** True if the tool or kind of action that this is about changes something. */
export function changes(policy: Policy, request: Request): boolean {
  return policy.agents.get(request.principal.agent)?.subject(request.action.type, nameOf(request)).facts?.effect === "write";
}

/** Fetches what controls need; undefined where everything is at hand, which is nearly always. */
function fetch(controls: readonly Control[], request: Request, now: number): undefined | Promise<unknown> {
  let waits: Promise<void>[] | undefined;
  for (const control of controls) {
    const wait = control.ready?.(request, now);
    if (wait !== undefined) (waits ??= []).push(wait);
  }
  return waits && Promise.all(waits);
}

const NO_ROOM = deny({ id: "rules/sessions", text: "there are more sessions than can be remembered, and rules depend on what was done before" });

const UNKNOWN_AGENT = deny({ id: "default-deny", text: "the agent is not known to this configuration" });

function judge(policy: Policy, subject: Subject, scopeNow: () => Scope, armed: readonly string[]): Decision {
  if (subject.bounds.length === 0 && subject.rules.length === 0) return subject.base;
  const scope = scopeNow();
  return judgeBy(policy, subject, (rule) => (rule.sequence !== undefined && !armed.includes(rule.sequence.key) ? NEUTRAL : apply(rule, scope)));
}

/** Asks the controls in order. After a denial no further one is asked, so that what is refused does not use up another's count. */
function tighten(controls: readonly Control[], request: Request, inspection: Inspection, now: number): Decision {
  let decision: Decision = NEUTRAL;
  for (const control of controls) {
    const said = control.check(request, inspection, now);
    if (said === NEUTRAL) continue;
    decision = decision === NEUTRAL ? said : join(decision, said);
    if (decision.effect === "deny") break;
  }
  return decision;
}

/** What has to know how a request would end otherwise speaks last. */
function reviewed(controls: readonly Control[], request: Request, inspection: Inspection, said: Decision): Decision {
  const would = stricter(said.effect, inspection.decision.effect);
  if (would === "deny") return said;
  let decision = said;
  for (const control of controls) {
    const more = control.review?.(request, would) ?? NEUTRAL;
    if (more !== NEUTRAL) decision = join(decision, more);
  }
  return decision;
}
