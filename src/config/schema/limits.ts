import { z } from "zod";
import { PER_DOLLAR } from "../../core/money.ts";
import { amount, duration, pattern, rate, volume } from "./values.ts";

/** Requests a minute for one key when nothing is said: enough to try things out, not enough to do harm fast. */
export const DEFAULT_REQUESTS = "10/min";

/** Connections through the egress proxy in any minute, and what they carry. */
const DEFAULT_CONNECTIONS = "60/min";
const DEFAULT_TRAFFIC = "1gb/h";

/** In any minute: more is no person's pace, and a loop's. */
const DEFAULT_ACTIONS = "100/min";
const SHORTEST_WITHIN_MS = 60_000;
const often = z.int().min(1).max(10_000);

const budget = z
  .strictObject({
    usd: amount("20/day", { parts: PER_DOLLAR })
      .exactOptional()
      .describe("Dollars that models cost, by `models.*.prices`. A model without a price is refused."),
    tokens: amount("200000/day").exactOptional().describe("Tokens that models read and write."),
    bytes: amount("50mb/hour", { sized: true }).exactOptional().describe("Bytes sent to models, and in arguments of tools."),
    actions: amount("15000/day").exactOptional().describe("Actions, each tool call counted."),
    payments: amount("1000/day")
      .exactOptional()
      .describe("Money in arguments of tools, rounded up to whole units, in whatever currency; an amount that cannot be read counts as more than any."),
  })
  .describe("What may be spent in any stretch of the time. It outlives a restart: what a call may use at most is reserved before it is made.");

const counted = {
  requests: rate.exactOptional().describe("Requests that a client sends."),
  actions: rate.exactOptional().describe("Actions, each tool call counted."),
  external: rate.exactOptional().describe("Calls that leave the house: of models, and of tools with `egress`."),
};
const share = z.strictObject({ ...counted, budget: budget.exactOptional() });
// A call of a tool uses no tokens of a model and has no price: a limit on them would be one that never bites.
const ofTool = z.strictObject({ ...counted, budget: budget.omit({ usd: true, tokens: true }).exactOptional() });

export const limits = z
  .strictObject({
    requests: rate.prefault(DEFAULT_REQUESTS).describe("Requests per key."),
    requests_per_user: rate.exactOptional().describe("Requests per user that the agent acts for."),
    requests_per_agent: rate.exactOptional().describe("Requests over all keys of the agent."),
    actions: rate.prefault(DEFAULT_ACTIONS).describe("Actions of the agent, each tool call counted."),
    connections: rate.prefault(DEFAULT_CONNECTIONS).describe("Connections to the outside, one request over plain HTTP being one."),
    traffic: volume.prefault(DEFAULT_TRAFFIC).describe("What they carry, both ways together."),
    duplicates: z
      .strictObject({
        writes: often.prefault(5).describe("Of a call that changes something; texts that differ in numbers or single words count as the same."),
        reads: often.prefault(100).describe("Of one that only reads, with exactly the same arguments less than a minute apart."),
        within: duration
          .refine((ms) => ms >= SHORTEST_WITHIN_MS, "a loop is over after `1m` at the soonest")
          .prefault("1h")
          .describe("How long it must be quiet before the same may be done again."),
      })
      .prefault({})
      .describe("How often the same may be done."),
    breaker: z
      .strictObject({
        failures: often.prefault(10).describe("How many actions in a row."),
        pause: duration
          .refine((ms) => ms >= 1_000, "a pause is at least `1s`")
          .prefault("1m")
          .describe("How long nothing passes; then one action tries."),
      })
      .prefault({})
      .describe("When an agent whose actions fail is stopped for a while."),
    agents: z
      .strictObject({
        depth: z.int().min(0).max(16).prefault(3).describe("How many agents may stand below one another, from this one on. `0`: it calls none."),
        fan_out: rate
          .prefault("20/min")
          .describe("How many calls of other agents it may make for one call that it was asked by, or for one key where nobody asked."),
        descendants: rate.prefault("200/h").describe("How many calls of agents may come of what one of its keys began, its own and those of all below."),
        cycles: z.boolean().prefault(false).describe("Whether it may call an agent that stands in the chain already, itself included."),
      })
      .prefault({})
      .describe("Calls of other agents: of tool servers and models that say which `agent` they are."),
    external: counted.external,
    budget: budget.exactOptional(),
    key: share.exactOptional().describe("The same for each key."),
    user: share.exactOptional().describe("The same for each user that the agent acts for."),
    session: share
      .exactOptional()
      .describe("The same for each session that a client declares, else each key. A client may declare many: it limits a run, the others limit the agent."),
    tool: z.record(pattern, ofTool).exactOptional().describe("The same for a tool, or all tools that a pattern such as `crm.*` names together."),
  })
  .describe("How much in how much time.");
