import { type Decision, deny, NEUTRAL } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import type { Account } from "../budget/account.ts";
import { type Group, type Ledger, type Need, UNITS } from "../budget/ledger.ts";
import type { Measured } from "../budget/measure.ts";
import type { BudgetLimit } from "../limits.ts";
import type { Control } from "./control.ts";
import { callerOf } from "./rate.ts";

interface Kept {
  readonly budget: BudgetLimit;
  readonly group: Group;
  /** The account of all callers, where they share one. */
  readonly shared: Account | undefined;
}

/**
 * What an agent may spend: reserved before a request is performed, at the most that it can use, and settled by what it used. Last of the
 * controls that count, so that what another refuses reserves nothing.
 */
export function budgetControl(
  agent: string,
  budgets: readonly BudgetLimit[],
  ledger: Ledger,
  measure: (request: Request, unit: BudgetLimit["unit"]) => Measured,
  /** The tool that a request calls, and whether a limit on tools is about it. */
  toolOf: (request: Request) => { readonly id: string; readonly is: (pattern: string) => boolean } | undefined,
): Control {
  // Those of one unit side by side: it is measured once.
  const kept = UNITS.flatMap((unit) => budgets.filter((budget) => budget.unit === unit)).map((budget): Kept => {
    const group = ledger.group({ ...budget, agent });
    const shared = budget.per === "agent" || budget.per === "tool" ? ledger.account(group, "") : undefined;
    return { budget, group, shared };
  });
  // What was worked out for the request that `check` and `done` are asked about next.
  let looked: { readonly request: Request; readonly needs: readonly Need[] | Decision } | undefined;

  // And for those that wait for the store meanwhile.
  const waiting = new WeakMap<Request, readonly Need[]>();

  const needsOf = (request: Request, now: number): readonly Need[] | Decision => {
    if (looked?.request === request) return looked.needs;
    const needs = waiting.get(request) ?? work(request, now);
    looked = { request, needs };
    return needs;
  };
  const work = (request: Request, now: number): readonly Need[] | Decision => {
    const needs: Need[] = [];
    const { principal } = request;
    const { tool: called } = request.action;
    const tool = called === undefined ? undefined : toolOf(request);
    // A model proposed exactly this, and it was counted then.
    if (tool !== undefined && request.context.surface === "mcp-gateway" && ledger.proposed.take(tool.id, request, now)) return needs;
    let [unit, measured]: [BudgetLimit["unit"] | undefined, Measured] = [undefined, NONE];
    let session: string | undefined;
    for (const { budget, group, shared } of kept) {
      if (budget.tool !== undefined && tool?.is(budget.tool) !== true) continue;
      const caller = shared !== undefined ? "" : budget.per === "session" ? (session ??= callerOf(principal, "session")) : callerOf(principal, budget.per);
      if (caller === undefined) continue;
      if (budget.unit !== unit) {
        unit = budget.unit;
        measured = measure(request, unit);
      }
      if (typeof measured === "string") return REFUSALS[measured];
      if (measured.amount === 0) continue;
      const account = shared ?? ledger.account(group, caller);
      if (account === undefined) return full(budget);
      needs.push({ account, amount: measured.amount, used: measured.used, held: false, end: 0 });
    }
    return needs;
  };

  return {
    id: "budget",
    ready(request, now) {
      const needs = needsOf(request, now);
      if (isDecision(needs)) return undefined;
      const fetched = ledger.fetched(request.id, needs, now);
      if (fetched !== undefined) waiting.set(request, needs);
      return fetched;
    },
    check(request, _inspection, now) {
      const needs = needsOf(request, now);
      if (isDecision(needs)) return needs;
      for (const need of needs) {
        if (ledger.has(need, now)) continue;
        const { account, amount } = need;
        const { budget } = kept.find(({ group }) => group === account.group) as Kept;
        return used(budget, amount, ledger.freeIn(account, amount, now));
      }
      return NEUTRAL;
    },
    done(request, now, permitted) {
      const needs = needsOf(request, now);
      looked = undefined;
      if (isDecision(needs)) return;
      if (needs.length > 0) ledger.reserve(request.id, needs, now);
      if (!permitted || request.context.parent === undefined || request.context.surface !== "llm-gateway") return;
      const tool = toolOf(request);
      if (tool !== undefined) ledger.proposed.give(tool.id, request, now);
    },
  };
}

const NONE: Measured = { amount: 0 };
const isDecision = (needs: readonly Need[] | Decision): needs is Decision => "effect" in needs;

/** Asked again, the answer would be the same: no limits of a time, and no ids of such. */
const REFUSALS: { readonly [why in Extract<Measured, string>]: Decision } = {
  unpriced: deny({ id: "budget/unpriced", text: "the agent has a budget in money, and no price is configured for this model" }),
  unbounded: deny({
    id: "budget/unbounded",
    text: "the agent has a budget, and nobody can say what this may use at most: say `max_tokens`, and send no files and use no tools that the provider runs itself",
  }),
};

function used({ id, per, limit }: BudgetLimit, amount: number, ms: number | undefined): Decision {
  const whose = `the budget of ${limit.text} for this ${per}`;
  return over(
    id,
    ms ?? limit.ms,
    ms !== undefined
      ? `${whose} is used up`
      : amount > limit.count && id.endsWith("tokens")
        ? `this may use ${amount} tokens, more than all of ${whose}`
        : `this may use more than all of ${whose}`,
  );
}

const full = ({ id, limit }: BudgetLimit): Decision => over(id, limit.ms, "more callers are in use than budgets can be kept for");

function over(id: string, ms: number, text: string): Decision {
  return {
    effect: "deny",
    reasons: [{ id: `limits/${id}`, effect: "deny", text }],
    obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(ms / 1000)) }],
  };
}
