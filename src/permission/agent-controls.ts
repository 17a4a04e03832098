import { deny } from "../core/decision.ts";
import type { Clock } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import type { Ledger } from "./budget/ledger.ts";
import { LISTS, measuring } from "./budget/measure.ts";
import type { Chains } from "./chains.ts";
import { attemptsControl } from "./controls/attempts.ts";
import { type Autonomy, autonomyControl } from "./controls/autonomy.ts";
import { agentFails, type Breakers, breakerControl, createBreakers, downstreamFails, downstreamOf } from "./controls/breaker.ts";
import { budgetControl } from "./controls/budget.ts";
import { chainControl } from "./controls/chain.ts";
import type { Control } from "./controls/control.ts";
import { declaredControl } from "./controls/declared.ts";
import { degrading, type Recorded } from "./controls/degrade.ts";
import { egressControl } from "./controls/egress.ts";
import { exposureControl } from "./controls/exposure.ts";
import { type EffectOf, flowControl, isHeard } from "./controls/flow.ts";
import { handleControl } from "./controls/handle.ts";
import { createRates, isAction, isConnection, isRequest, type Rates, rateLimit, ratesControl } from "./controls/rate.ts";
import { readersControl } from "./controls/readers.ts";
import type { CountRecords } from "./controls/records.ts";
import { createRepeats, type Repeats, repeatControl } from "./controls/repeats.ts";
import { type Part, ruleOfTwo } from "./controls/rule-of-two.ts";
import { storeControl } from "./controls/store.ts";
import { createTraffic, type Traffic, trafficControl } from "./controls/traffic.ts";
import { isProxied } from "./egress.ts";
import type { Familiar } from "./familiar.ts";
import type { HandedOn } from "./flow/handed-on.ts";
import type { RequestReader } from "./flow/request-reader.ts";
import type { Histories } from "./histories.ts";
import { type Counts, limitsOf } from "./limits.ts";
import { blocks } from "./names.ts";
import type { AgentPolicy, Policy } from "./policy.ts";
import { nameOf } from "./subject.ts";

export interface PermissionOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** Counters that outlive this policy. Pass the same ones after a reload, or everybody starts afresh. */
  readonly rates?: Rates;
  /** What was spent. Without it an agent that has a budget may spend nothing. */
  readonly ledger?: Ledger;
  /** What was done again and again, and what failed in a row: the same. */
  readonly repeats?: Repeats;
  readonly breakers?: Breakers;
  /** Who was called by whom; outlives this policy, too. Without it agents that call agents are limited each by itself. */
  readonly chains?: Chains;
  /** Whom an operator has stopped. */
  readonly isPaused?: (agent: string) => boolean;
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
  /** Has requests read by a model. Without it the words alone decide. */
  readonly reader?: RequestReader;
  /** The phases of agents. Without it every agent has what its role and the rules give it: for tests of a policy and for replays. */
  readonly autonomy?: Autonomy;
  /** Leaves out the limits that count: for tests of a policy and for replays, where no time passes. */
  readonly uncounted?: boolean;
  /** What reads were answered before. Without it nothing stands in for a call. */
  readonly recorded?: Recorded;
  /** Counts what calls would change. Without it nothing can be counted: for tests of a policy and for replays. */
  readonly count?: CountRecords;
  /** Whether the store takes what has to be kept. */
  readonly isWritable?: () => boolean;
  /** Further controls for every agent. */
  readonly controls?: readonly Control[];
}

/** How often in a row what is downstream may fail, and how long it then rests, for everybody. */
const DOWNSTREAM = { failures: 5, pause: 30_000 };

/** The controls of one agent, in the order in which they are asked: `rates` before anything is fetched for the others. */
export interface Controls {
  readonly rates: readonly Control[];
  readonly others: readonly Control[];
}

export function controlsOf(
  policy: Policy,
  { name, limits, egress, degrade, subject }: AgentPolicy,
  {
    rates = createRates(),
    ledger,
    repeats = createRepeats(),
    breakers = createBreakers(),
    traffic = createTraffic(),
    chains,
    isPaused = () => false,
    recorded = () => undefined,
    isWritable,
    isOwnAddress,
    handedOn,
    reader,
    autonomy,
    uncounted = false,
    controls = [],
  }: PermissionOptions,
  histories: Histories,
): Controls {
  const describedOf: EffectOf = (request) => subject(request.action.type, nameOf(request)).described;
  const exposure = exposureControl(policy.flow.mode, histories, policy.flow.session, (request) => {
    const { result, tool } = subject(request.action.type, nameOf(request));
    // Where it is told what was read, what comes back will be; and texts with handles are passed on unread.
    return isHeard(request) || policy.tools.handles(tool) ? undefined : result;
  });
  const flow = flowControl(policy.flow.mode, describedOf, policy.flow, { handedOn, intent: policy.flow.intent, reader, isExposed: exposure.isExposed });
  const { ruleOfTwo: two, declared } = policy.flow;
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
    exposure,
    flow,
    ...(declared === "off" ? [] : [declaredControl(declared, describedOf)]),
    readersControl(policy.flow.mode, describedOf, policy.flow.manifest, histories, policy.flow.session, handedOn),
    ...(two === "off" ? [] : [ruleOfTwo(two, histories, policy.flow.session, part)]),
    ...(mode === "off" ? [] : [attemptsControl({ mode, score }, histories, policy.flow.session)]),
    ...(autonomy === undefined
      ? []
      : [autonomyControl(autonomy, effectOf, ({ action: { tool } }) => (tool === undefined ? undefined : policy.tools.id(tool)), isProxied)]),
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
  const calleeOf = (request: Request): string | undefined => {
    const called = nameOf(request);
    if (request.action.type === "model.call") return policy.callees.get(`models/${called.split("/", 1)[0]}`);
    return request.action.type === "tool.call" ? policy.callees.get(`tools/${subject("tool.call", called).server}`) : undefined;
  };
  const own = limitsOf(limits);
  const limited = own.rates.map(({ id, limit, counts, per, tool }) => {
    const counted = counting[counts];
    return rateLimit(id, name, limit, tool === undefined ? counted : (request) => counted(request) && toolOf(request)?.is(tool) === true, per, rates);
  });
  const reads = (request: Request): boolean => LISTS.has(request.action.type) || effectOf(request) === "read";
  const degraded = (cause: Parameters<typeof degrading>[1], control: Control): Control => degrading(control, cause, degrade, { reads, recorded });
  const others = [
    ...(isWritable === undefined ? [] : [degraded("store", storeControl(isWritable))]),
    ...(limits.traffic === undefined ? [] : [trafficControl(name, limits.traffic, traffic)]),
    ...(limits.breaker === undefined
      ? []
      : [
          degraded(
            "breaker",
            breakerControl("agent", limits.breaker, breakers, () => name, agentFails),
          ),
        ]),
    ...(chains === undefined || limits.agents === undefined || policy.callees.size === 0
      ? []
      : [chainControl({ agent: name, agents: limits.agents }, { chains, isPaused, calleeOf, limitsOf: (agent) => policy.agents.get(agent)?.limits.agents })]),
    degraded("downstream", breakerControl("downstream", DOWNSTREAM, breakers, downstreamOf, downstreamFails)),
    ...flows,
    ...controls,
    ...(own.budgets.length === 0
      ? []
      : [ledger === undefined ? NO_LEDGER : degraded("budget", budgetControl(name, own.budgets, ledger, measuring(policy.models), toolOf))]),
    ...(limits.duplicates === undefined ? [] : [repeatControl(name, limits.duplicates, repeats, effectOf)]),
  ];
  return { rates: [ratesControl(limited)], others };
}

/** A budget that nobody keeps is not a budget that is never used up. */
const NO_LEDGER: Control = { id: "budget", check: () => deny({ id: "budget/unkept", text: "the agent has a budget, and nothing keeps it here" }) };
