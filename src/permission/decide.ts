import { type Decision, deny, join, NEUTRAL, stricter } from "../core/decision.ts";
import type { Clock, Inspection, PermissionLayer } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { scopeOf } from "./cel/scope.ts";
import { attemptsControl } from "./controls/attempts.ts";
import { agentFails, type Breakers, breakerControl, createBreakers, downstreamFails, downstreamOf } from "./controls/breaker.ts";
import type { Control } from "./controls/control.ts";
import { flowControl } from "./controls/flow.ts";
import { handleControl } from "./controls/handle.ts";
import { type Counts, createRates, type Per, type Rates, rateControl } from "./controls/rate.ts";
import { createRepeats, type Repeats, repeatControl } from "./controls/repeats.ts";
import { type Part, ruleOfTwo } from "./controls/rule-of-two.ts";
import type { Familiar } from "./familiar.ts";
import type { HandedOn } from "./flow/handed-on.ts";
import { createHistories, type Histories, NOTHING_ARMED } from "./histories.ts";
import type { AgentPolicy, Policy } from "./policy.ts";
import type { RateConfig } from "./policy-config.ts";
import { apply } from "./rules.ts";
import { advance } from "./sequence.ts";
import type { Subject } from "./subject.ts";

export interface PermissionOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** Counters that outlive this policy. Pass the same ones after a reload, or everybody starts afresh. */
  readonly rates?: Rates;
  /** What was done again and again, and what failed in a row: the same. */
  readonly repeats?: Repeats;
  readonly breakers?: Breakers;
  /** What was done in each session; outlives this policy, or a reload would disarm every rule that looks back. */
  readonly histories?: Histories;
  /** What agents were let do before; outlives this policy, too. */
  readonly familiar?: Familiar;
  /** Calls judged at one surface and made at another; outlives this policy as well. Without it each surface judges alone. */
  readonly handedOn?: HandedOn;
  /** Leaves out the limits that count: for tests of a policy and for replays, where no time passes. */
  readonly uncounted?: boolean;
  /** Further controls for every agent. */
  readonly controls?: readonly Control[];
}

/** Layer 2, told how what it decided ended. */
export interface SettledPermission extends PermissionLayer {
  settle(request: Request, outcome: Outcome): void;
}

/** How often in a row what is downstream may fail, and how long it then rests, for everybody. */
const DOWNSTREAM = { failures: 5, pause: 30_000 };

/**
 * Layer 2: may this principal do this? Default deny; a denial wins over everything; only a role's grant or an enforced `permit` rule
 * is a permission. Every answer carries the reasons that made it.
 */
export function permissionLayer(policy: Policy, options: PermissionOptions): SettledPermission {
  const { clock, histories = createHistories(), familiar } = options;
  const controls = new Map([...policy.agents].map(([name, agent]) => [name, controlsOf(policy, agent, options, histories)]));
  const { session: idle } = policy.flow;
  return {
    decide(request, inspection) {
      const agent = policy.agents.get(request.principal.agent);
      if (agent === undefined) return UNKNOWN_AGENT;
      const now = clock.monotonic();
      // Asked of every request, whatever it is about: a session in which anything is done is not idle.
      const past = histories.known(request.principal, now, idle);
      const before = past?.armed ?? NOTHING_ARMED;
      const asked = controls.get(agent.name) ?? [];
      const controlled = tighten(asked, request, inspection, now);
      if (controlled.effect === "deny") return controlled;
      const subject = agent.subject(request.action.type, nameOf(request));
      const judged = judge(policy, subject, request, inspection, before, familiar);
      const decision = controlled === NEUTRAL ? judged : join(judged, controlled);
      // What is asked about may be approved; then it happened. What is denied did not.
      if (decision.effect === "deny") return decision;
      const permitted = stricter(decision.effect, inspection.decision.effect) === "permit";
      if (subject.moves.length > 0) {
        const armed = advance(subject.moves, before, scopeOf(request, inspection, subject, policy.zone, familiar), permitted);
        if (armed !== before) {
          const history = past ?? histories.of(request.principal, now, idle);
          // INVARIANT: what arms a rule and cannot be remembered does not happen.
          if (history === undefined) return join(decision, NO_ROOM);
          history.armed = armed;
        }
      }
      for (const control of asked) control.done?.(request, now, permitted);
      return decision;
    },
    settle(request, outcome) {
      const now = clock.monotonic();
      for (const control of controls.get(request.principal.agent) ?? []) control.settle?.(request, outcome, now);
    },
  };
}

const NO_ROOM = deny({ id: "rules/sessions", text: "there are more sessions than can be remembered, and rules depend on what was done before" });

const UNKNOWN_AGENT = deny({ id: "default-deny", text: "the agent is not known to this configuration" });

/** The tool or model that an action is about. */
function nameOf({ action, resource }: Request): string {
  if (action.type === "model.call") return resource?.type === "model" ? resource.id : "";
  return action.tool !== undefined && NAMED.has(action.type) ? action.tool : "";
}

/** Tools, and what MCP servers have beside them (`crm.resources`). */
const NAMED: ReadonlySet<Request["action"]["type"]> = new Set(["tool.call", "resource.read", "client.sample", "client.elicit"]);

function judge(policy: Policy, subject: Subject, request: Request, inspection: Inspection, armed: readonly string[], familiar?: Familiar): Decision {
  const { base, bounds, rules } = subject;
  if (bounds.length === 0 && rules.length === 0) return base;
  const scope = scopeOf(request, inspection, subject, policy.zone, familiar);
  let said: Decision = NEUTRAL;
  let lifted: Decision = NEUTRAL;
  for (const rule of bounds) said = policy.join(said, apply(rule, scope));
  for (const rule of rules) {
    if (rule.sequence !== undefined && !armed.includes(rule.sequence.key)) continue;
    const answer = apply(rule, scope);
    if (rule.effect === "permit" && rule.enforced) lifted = policy.join(lifted, answer);
    else said = policy.join(said, answer);
  }
  // INVARIANT: this is the only place where anything but a role's grant becomes a permission, and a block is never lifted.
  const lifts = lifted !== NEUTRAL && !subject.blocked;
  return policy.join(!lifts ? base : base.effect === "permit" ? policy.join(base, lifted) : lifted, said);
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

function controlsOf(
  policy: Policy,
  { name, limits, subject }: AgentPolicy,
  { rates = createRates(), repeats = createRepeats(), breakers = createBreakers(), handedOn, uncounted = false, controls = [] }: PermissionOptions,
  histories: Histories,
): readonly Control[] {
  const flow = flowControl(
    policy.flow.mode,
    (request) => {
      const { facts, tool } = subject(request.action.type, nameOf(request));
      return facts === undefined ? undefined : { ...facts, id: tool, definition: policy.tools.definition(tool), manifest: policy.tools.manifest(tool) };
    },
    policy.flow,
    handedOn,
  );
  const { ruleOfTwo: two } = policy.flow;
  const part = (request: Request): Part | undefined => {
    const { facts, result } = subject(request.action.type, nameOf(request));
    return facts === undefined || result === undefined ? undefined : { acts: facts.effect === "write" || facts.egress, result };
  };
  const { mode, score } = policy.flow.attempts;
  const tried = mode === "off" ? [] : [attemptsControl({ mode, score }, histories, policy.flow.session)];
  const flows = [handleControl, flow, ...(two === "off" ? [] : [ruleOfTwo(two, histories, policy.flow.session, part)]), ...tried];
  const effectOf = (request: Request) => subject(request.action.type, nameOf(request)).facts?.effect;
  if (uncounted) return [...flows, ...controls];
  const limited = (id: string, limit: RateConfig | undefined, counts: Counts, per: Per): readonly Control[] =>
    limit === undefined ? [] : [rateControl(id, name, limit, counts, per, rates)];
  return [
    ...limited("requests", limits.requests, "requests", "key"),
    ...limited("requests_per_user", limits.requests_per_user, "requests", "user"),
    ...limited("requests_per_agent", limits.requests_per_agent, "requests", "agent"),
    ...limited("actions", limits.actions, "actions", "agent"),
    ...(limits.breaker === undefined ? [] : [breakerControl("agent", limits.breaker, breakers, () => name, agentFails)]),
    breakerControl("downstream", DOWNSTREAM, breakers, downstreamOf, downstreamFails),
    ...flows,
    ...controls,
    ...(limits.duplicates === undefined ? [] : [repeatControl(name, limits.duplicates, repeats, effectOf)]),
  ];
}
