import { type Decision, deny, join, NEUTRAL, stricter } from "../core/decision.ts";
import type { Clock, Inspection, PermissionLayer } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import type { Ledger } from "./budget/ledger.ts";
import { measuring } from "./budget/measure.ts";
import { scopeOf } from "./cel/scope.ts";
import { attemptsControl } from "./controls/attempts.ts";
import { type Autonomy, autonomyControl } from "./controls/autonomy.ts";
import { agentFails, type Breakers, breakerControl, createBreakers, downstreamFails, downstreamOf } from "./controls/breaker.ts";
import { budgetControl } from "./controls/budget.ts";
import type { Control } from "./controls/control.ts";
import { egressControl } from "./controls/egress.ts";
import { flowControl } from "./controls/flow.ts";
import { handleControl } from "./controls/handle.ts";
import { createRates, isAction, isConnection, isRequest, type Rates, rateControl } from "./controls/rate.ts";
import { createRepeats, type Repeats, repeatControl } from "./controls/repeats.ts";
import { type Part, ruleOfTwo } from "./controls/rule-of-two.ts";
import { createTraffic, type Traffic, trafficControl } from "./controls/traffic.ts";
import { isProxied, targetOf } from "./egress.ts";
import type { Familiar } from "./familiar.ts";
import type { HandedOn } from "./flow/handed-on.ts";
import { createHistories, type Histories, type History, NOTHING_ARMED } from "./histories.ts";
import { type Counts, limitsOf } from "./limits.ts";
import { blocks } from "./names.ts";
import type { AgentPolicy, Policy } from "./policy.ts";
import { apply } from "./rules.ts";
import { advance } from "./sequence.ts";
import type { Subject } from "./subject.ts";

export interface PermissionOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** Counters that outlive this policy. Pass the same ones after a reload, or everybody starts afresh. */
  readonly rates?: Rates;
  /** What was spent. Without it an agent that has a budget may spend nothing. */
  readonly ledger?: Ledger;
  /** What was done again and again, and what failed in a row: the same. */
  readonly repeats?: Repeats;
  readonly breakers?: Breakers;
  /** True for an address and port of Holdfast itself, which the egress proxy leads nobody to. */
  readonly isOwnAddress?: (address: string, port: number) => boolean;
  /** What was carried through the egress proxy: the same. */
  readonly traffic?: Traffic;
  /** What was done in each session; outlives this policy, or a reload would disarm every rule that looks back. */
  readonly histories?: Histories;
  /** What agents were let do before; outlives this policy, too. */
  readonly familiar?: Familiar;
  /** Calls judged at one surface and made at another; outlives this policy as well. Without it each surface judges alone. */
  readonly handedOn?: HandedOn;
  /** The phases of agents. Without it every agent has what its role and the rules give it: for tests of a policy and for replays. */
  readonly autonomy?: Autonomy;
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
  const { clock, histories = createHistories(), familiar, ledger } = options;
  const controls = new Map([...policy.agents].map(([name, agent]) => [name, controlsOf(policy, agent, options, histories)]));
  const { session: idle } = policy.flow;
  return {
    decide(request, inspection) {
      const agent = policy.agents.get(request.principal.agent);
      if (agent === undefined) return UNKNOWN_AGENT;
      const { rates, others } = controls.get(agent.name) as Controls;
      const now = clock.monotonic();
      // Asked of every request, whatever it is about: a session in which anything is done is not idle.
      const past = histories.known(request.principal, now, idle);
      // What comes too fast must not keep the store busy.
      const tooFast = tighten(rates, request, inspection, now);
      if (tooFast.effect === "deny") return tooFast;
      const waits = fetch(others, request, now);
      if (waits === undefined) return decideNow(agent, others, request, inspection, now, past);
      return waits.then(() => {
        const then = clock.monotonic();
        const decision = decideNow(agent, others, request, inspection, then, histories.known(request.principal, then, idle));
        // What was fetched for it is free again.
        if (decision.effect === "deny") ledger?.drop(request.id);
        return decision;
      });
    },
    settle(request, outcome) {
      ledger?.settle(request.id, outcome);
      const now = clock.monotonic();
      for (const control of controls.get(request.principal.agent)?.others ?? []) control.settle?.(request, outcome, now);
    },
  };

  /** INVARIANT: from the first of these controls to the last `done` nothing is awaited, so no two requests are permitted what is left for one. */
  function decideNow(
    agent: AgentPolicy,
    asked: readonly Control[],
    request: Request,
    inspection: Inspection,
    now: number,
    past: History | undefined,
  ): Decision {
    const before = past?.armed ?? NOTHING_ARMED;
    const controlled = tighten(asked, request, inspection, now);
    if (controlled.effect === "deny") return controlled;
    const subject = agent.subject(request.action.type, nameOf(request));
    const judged = judge(policy, subject, request, inspection, before, familiar);
    const said = controlled === NEUTRAL ? judged : join(judged, controlled);
    const decision = reviewed(asked, request, inspection, said);
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
  }
}

/** True if the tool or kind of action that this is about changes something. */
export function changes(policy: Policy, request: Request): boolean {
  return policy.agents.get(request.principal.agent)?.subject(request.action.type, nameOf(request)).facts?.effect === "write";
}

interface Controls {
  readonly rates: readonly Control[];
  readonly others: readonly Control[];
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

/** A budget that nobody keeps is not a budget that is never used up. */
const NO_LEDGER: Control = { id: "budget", check: () => deny({ id: "budget/unkept", text: "the agent has a budget, and nothing keeps it here" }) };

const NO_ROOM = deny({ id: "rules/sessions", text: "there are more sessions than can be remembered, and rules depend on what was done before" });

const UNKNOWN_AGENT = deny({ id: "default-deny", text: "the agent is not known to this configuration" });

/** The tool or model that an action is about. */
function nameOf({ action, resource }: Request): string {
  if (action.type === "net.connect") return targetOf(action);
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

function controlsOf(
  policy: Policy,
  { name, limits, egress, subject }: AgentPolicy,
  {
    rates = createRates(),
    ledger,
    repeats = createRepeats(),
    breakers = createBreakers(),
    traffic = createTraffic(),
    isOwnAddress,
    handedOn,
    autonomy,
    uncounted = false,
    controls = [],
  }: PermissionOptions,
  histories: Histories,
): Controls {
  const flow = flowControl(
    policy.flow.mode,
    (request) => {
      const { facts, tool } = subject(request.action.type, nameOf(request));
      return facts === undefined ? undefined : { ...facts, id: tool, definition: policy.tools.definition(tool), manifest: policy.tools.manifest(tool) };
    },
    policy.flow,
    handedOn,
    policy.flow.intent,
  );
  const { ruleOfTwo: two } = policy.flow;
  const part = (request: Request): Part | undefined => {
    const { facts, result } = subject(request.action.type, nameOf(request));
    return facts === undefined || result === undefined ? undefined : { acts: facts.effect === "write" || facts.egress, result };
  };
  // A host is connected to again and again, which is no loop; `connections` limits how often.
  const effectOf = (request: Request) => (isProxied(request) ? undefined : subject(request.action.type, nameOf(request)).facts?.effect);
  const { mode, score } = policy.flow.attempts;
  const flows = [
    egressControl(egress, isOwnAddress),
    handleControl,
    flow,
    ...(two === "off" ? [] : [ruleOfTwo(two, histories, policy.flow.session, part)]),
    ...(mode === "off" ? [] : [attemptsControl({ mode, score }, histories, policy.flow.session)]),
    ...(autonomy === undefined ? [] : [autonomyControl(autonomy, effectOf, isProxied)]),
  ];
  if (uncounted) return { rates: [], others: [...flows, ...controls] };
  const leaves = (request: Request): boolean =>
    request.action.type === "model.call" || isConnection(request) || subject(request.action.type, nameOf(request)).facts?.egress === true;
  const counting: { readonly [counts in Counts]: (request: Request) => boolean } = {
    requests: isRequest,
    actions: isAction,
    external: leaves,
    connections: isConnection,
  };
  const toolOf = (request: Request) => {
    const name = nameOf(request);
    const { tool: id } = subject(request.action.type, name);
    // As for what a role blocks: in whichever form and case a client writes it, it is that tool.
    return id === "" ? undefined : { id, is: (pattern: string) => blocks(pattern, id) || policy.tools.meanings(name).some((one) => blocks(pattern, one)) };
  };
  const own = limitsOf(limits);
  const limited = own.rates.map(({ id, limit, counts, per, tool }) => {
    const counted = counting[counts];
    return rateControl(id, name, limit, tool === undefined ? counted : (request) => counted(request) && toolOf(request)?.is(tool) === true, per, rates);
  });
  const others = [
    ...(limits.traffic === undefined ? [] : [trafficControl(name, limits.traffic, traffic)]),
    ...(limits.breaker === undefined ? [] : [breakerControl("agent", limits.breaker, breakers, () => name, agentFails)]),
    breakerControl("downstream", DOWNSTREAM, breakers, downstreamOf, downstreamFails),
    ...flows,
    ...controls,
    ...(own.budgets.length === 0 ? [] : [ledger === undefined ? NO_LEDGER : budgetControl(name, own.budgets, ledger, measuring(policy.models), toolOf)]),
    ...(limits.duplicates === undefined ? [] : [repeatControl(name, limits.duplicates, repeats, effectOf)]),
  ];
  return { rates: limited, others };
}
