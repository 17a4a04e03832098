import { type Decision, deny, NEUTRAL, permit } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import { type Chains, type Moments, type Place, within } from "../chains.ts";
import type { CallsConfig, RateConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

export interface ChainOptions {
  readonly chains: Chains;
  /** The agent that this request calls. */
  readonly calleeOf: (request: Request) => string | undefined;
  /** What an agent may have called in its name; of one that configuration does not know any more, nothing. */
  readonly limitsOf: (agent: string) => CallsConfig | undefined;
  readonly isPaused: (agent: string) => boolean;
}

const PAUSED = deny({ id: "chain/paused", text: "an operator has paused an agent on whose behalf this would be done" });
const UNKNOWN = deny({ id: "chain/unknown", text: "the chain that was shown was not given to this agent, or is over, so it may call no other agent" });
const FULL: Decision = {
  ...deny({ id: "limits/agents/room", text: "more calls of agents are under way than can be told apart" }),
  obligations: [{ kind: "limit", name: "retry-after", amount: 60 }],
};

/**
 * Agents that call agents: how deep, how widely, how much of it comes of one beginning, and never in a circle. What is done on behalf of an
 * agent that was paused is not done either.
 */
export function chainControl({ agent, agents: own }: { readonly agent: string; readonly agents: CallsConfig }, options: ChainOptions): Control {
  const { chains, calleeOf, limitsOf, isPaused } = options;
  /** Where the request stands that was checked last: it is not looked for twice. */
  let looked: { readonly request: Request; readonly place: Place; readonly callee: string; readonly most: number } | undefined;
  const refuseFor = (request: Request, place: Place, callee: string, now: number): Decision => {
    const shown = chainText([...place.path, callee]);
    if (place.unknown) return UNKNOWN;
    const most = Math.min(place.most, place.path.length - 1 + own.depth);
    if (place.path.length > most) return deny({ id: "chain/depth", text: `${shown}: agents may stand at most ${most} below the first one here` });
    if (!own.cycles && place.above.has(callee)) return deny({ id: "chain/cycle", text: `${shown}: \`${callee}\` stands in this chain already` });
    for (const made of place.made) {
      const wait = full(made, own.fan_out, now);
      if (wait !== undefined) return limited("fan_out", `${shown}: the limit of ${own.fan_out.text} calls of agents from one place is reached`, wait);
    }
    for (const { agent: first, all } of place.roots) {
      const { descendants } = limitsOf(first) ?? own;
      const wait = full(all, descendants, now);
      if (wait !== undefined)
        return limited("descendants", `${shown}: the limit of ${descendants.text} calls that come of what \`${first}\` began is reached`, wait);
    }
    if (!chains.hasRoom(now)) return FULL;
    looked = { request, place, callee, most };
    return said(place, callee);
  };
  return {
    id: "chain",
    check(request, _inspection, now) {
      const { chain } = request.context;
      const callee = calleeOf(request);
      if (callee === undefined && chain === undefined && chains.atTop(agent)) return NEUTRAL;
      // An approver changed the call, so it is decided again: it is one call all the same.
      chains.end(request.id, false, now);
      const place = chains.place(request.principal, chain, now);
      for (const one of place.above) if (one !== agent && isPaused(one)) return PAUSED;
      return callee === undefined ? (place.path.length === 1 ? NEUTRAL : said(place)) : refuseFor(request, place, callee, now);
    },
    done(request, now) {
      if (looked?.request !== request || proposed(request)) return;
      const { place, callee, most } = looked;
      chains.begin(request.id, place, callee, most, now);
    },
    settle(request, { status }, now) {
      chains.end(request.id, status === "done" || status === "failed", now);
    },
  };
}

/** A call that a model proposes is looked at, and counted where it is made. */
const proposed = ({ context }: Request): boolean => context.parent !== undefined && context.surface === "llm-gateway";

const chainText = (path: readonly string[]): string => path.map((agent) => `\`${agent}\``).join(" > ");

/** Who calls whom, on record. */
const said = ({ path }: Place, callee?: string): Decision =>
  permit({ id: "chain", text: `on behalf of ${chainText(path)}${callee === undefined ? "" : `, calling \`${callee}\``}` });

/** Milliseconds until there is room again; undefined where there is. */
function full(moments: Moments, { count, ms }: RateConfig, now: number): number | undefined {
  const there = within(moments, now, ms);
  return there < count ? undefined : (moments[there - count] as number) + ms - now;
}

function limited(which: "fan_out" | "descendants", text: string, wait: number): Decision {
  return {
    effect: "deny",
    reasons: [{ id: `limits/agents/${which}`, effect: "deny", text }],
    obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(wait / 1000)) }],
  };
}
