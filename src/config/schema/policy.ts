import { z } from "zod";
import { CHATS } from "../../core/decision.ts";
import { INTEGRITIES } from "../../core/label.ts";
import { PHASES } from "../../core/phase.ts";
import { sink } from "./answers.ts";
import { hosts } from "./egress.ts";
import { limits } from "./limits.ts";
import { askDeadline, duration, lasting, mode, modelPattern, name, oneModel, pattern, rate, secret, spotlight, toolName, url } from "./values.ts";

const grants = z.array(pattern).prefault([]);

export const role = z
  .strictObject({
    extends: z
      .string()
      .min(1)
      .exactOptional()
      .describe("A role to build on: one of this file, or a ready one such as `builtin/customer-service`. Its blocks stay."),
    read: grants.describe("Tools that may be called as long as they only read."),
    write: grants.describe("Tools that may be called although they change something."),
    deny: grants.describe("What stays blocked, whatever else says otherwise."),
  })
  .describe("What may be read, what written, and what is blocked.");

const LONGEST_RECORDED_MS = 24 * 60 * 60_000;

const degraded = (what: string) =>
  z
    .enum(["refuse", "read-only", "cached"])
    .prefault("refuse")
    .describe(
      `${what} \`refuse\`: nothing goes on. \`read-only\`: what reads does. \`cached\`: a read over MCP is answered with what the same call was answered.`,
    );

const degrade = z
  .strictObject({
    downstream: degraded("Where a tool server or an upstream does not answer and rests."),
    breaker: degraded("Where the agent itself rests because its actions failed."),
    budget: degraded("Where a budget is spent. What goes on is not counted in it; calls of models do not."),
    store: degraded("Where the store takes nothing."),
    recorded: duration
      .refine((ms) => ms >= 1_000 && ms <= LONGEST_RECORDED_MS, "from `1s` to `24h`")
      .prefault("5m")
      .describe("How old an answer may be that stands in for a call."),
  })
  .describe("What goes on where something does not work. Left out: nothing.");

const autonomy = z
  .union([
    z.enum(PHASES),
    z.strictObject({
      agent: z.enum(PHASES).exactOptional().describe("The phase in which the agent starts."),
      tools: z
        .record(toolName, z.enum(PHASES))
        .describe("Tools that have a phase of their own (`server.tool`), and in which they start. In its shadow phase an agent does nothing, with any tool."),
    }),
  ])
  .describe(
    "The phase in which the agent starts: how much of what it changes a person sees first. People move it on, an incident moves it back. Left out: only what rules ask about, and no incident changes that.",
  );

export const agent = z
  .strictObject({
    role: z.string().min(1).describe("What it may do."),
    models: z.array(modelPattern).prefault([]).describe("The models it may call. Empty: none."),
    autonomy: autonomy.exactOptional(),
    egress: hosts.prefault([]).describe("The hosts that it may reach through the egress proxy. Empty: none."),
    limits: limits.prefault({}),
    degrade: degrade.exactOptional(),
    callbacks: z
      .array(
        z.strictObject({
          url: url.describe("An address of the agent's own."),
          secret: secret.describe("Signs what is sent, as standardwebhooks.com says."),
        }),
      )
      .max(5)
      .prefault([])
      .describe("Told when a question of this agent was answered: which ticket, and how. It spares looking; the ticket is what counts."),
    on_failure: z
      .literal("rollback")
      .exactOptional()
      .describe(
        "`rollback`: where a call fails on its way, or a person rejects one, what the task did before is undone. Left out: only when somebody asks for it.",
      ),
    sink: sink.exactOptional().describe("Where this agent's answers go. Left out: as `output.sink` says."),
    spotlight: z
      .union([spotlight, z.literal("none")])
      .exactOptional()
      .describe("How what untrusted tools brought is marked on its way to the model, whatever the model says. Left out: as the model says."),
  })
  .describe("An agent. Its keys are bound to this name.");

const condition = z.string().min(1).max(4000, "a condition is at most 4000 characters");

export const rule = z
  .strictObject({
    id: name.describe("Permanent: it names the rule in every decision."),
    when: condition.describe(
      "A condition in CEL over action, args, tool (effect, egress, and trust and categories of what it answers), resource, principal, labels, findings, content and time.",
    ),
    after: condition
      .exactOptional()
      .describe(
        "The rule only counts after an action that this describes was let through, or may be by a person, in the same session: the one that a client declares, else all that a key does. Where this is changed, the rule begins anew.",
      ),
    until: condition.exactOptional().describe("And until one that this describes was permitted; one that a person is only asked about does not end it."),
    // `then` in a mapping would make it awaitable by accident; this is configuration and never awaited.
    // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
    then: z.enum(["ask", "deny", "permit"]).describe("What follows. A denial always wins."),
    mode: mode.prefault("monitor").describe("`monitor` only says what the rule would have done; `enforce` does it."),
    approvers: z.array(name).exactOptional().describe("Roles of the people who may answer the question of an `ask`. Left out: anybody who may answer at all."),
    approvals: z.int().min(1).max(9).exactOptional().describe("How many different people have to approve (default: 1; four eyes: 2)."),
    expires: lasting.exactOptional().describe("How long the question stays open, and an approval is good."),
    in_chat: z
      .array(z.enum(CHATS))
      .exactOptional()
      .describe(
        "Where the question may be answered beside the console. `elicitation`: in the MCP client of the user for whom the agent acts; whoever holds the agent's key can answer as that user. `slack`: with buttons, by people who may answer it. Never where money is moved, 100 records or configuration are changed, or another rule asks that does not say the same. Left out: nowhere.",
      ),
  })
  .refine(({ in_chat: chats = [], then }) => chats.length === 0 || then === "ask", { message: "only an `ask` is answered", path: ["in_chat"] })
  .refine(({ in_chat: chats = [], approvals = 1 }) => chats.length === 0 || approvals === 1, {
    message: "what needs several people is not answered in a chat",
    path: ["in_chat"],
  })
  .refine(({ in_chat: chats = [], approvers = [] }) => !chats.includes("elicitation") || approvers.length === 0, {
    message: "`elicitation` asks the agent's own user, and `approvers` wants somebody else",
    path: ["in_chat"],
  })
  .describe("A rule over everything that an action is.");

const json: z.ZodType<unknown> = z.json();

const tried = {
  call: z.string().min(1).exactOptional().describe("The tool or other action that is tried."),
  model: z.string().min(1).exactOptional().describe("The model that is tried."),
  args: z.record(z.string(), json).exactOptional(),
  context: z.enum(INTEGRITIES).exactOptional().describe("The least trusted content in play. Left out: only what the user and the operator wrote."),
  time: z.iso.datetime({ offset: true, error: "expected a time such as `2026-11-21T09:30:00Z`" }).exactOptional(),
  records: z.int().min(0).exactOptional().describe("How many records a dry run would count, where the tool has one. Left out: it could not count."),
};

export const test = z
  .strictObject({
    agent: z.string().min(1),
    user: z.string().exactOptional(),
    ...tried,
    before: z
      .array(
        z
          .strictObject({ ...tried, user: z.string().exactOptional() })
          .refine((given) => (given.call === undefined) !== (given.model === undefined), "a step has either `call` or `model`"),
      )
      .max(100)
      .exactOptional()
      .describe("What was done in the same session before, in this order."),
    expect: z.enum(["permit", "ask", "deny"]),
  })
  .refine((given) => (given.call === undefined) !== (given.model === undefined), "a test has either `call` or `model`")
  .describe("What the policy must answer. A reload that fails one is refused.");

const SHORTEST_SESSION_MS = 60_000;

export const flow = z
  .strictObject({
    mode: mode.prefault("enforce").describe("Whether an action is stopped that rests on untrusted content, or on nothing that the user asked for."),
    intent: z
      .enum(["off", "monitor", "enforce"])
      .prefault("off")
      .describe("Whether an action that changes something must be one that the user's own words ask for, also where nothing untrusted was read."),
    declared: z
      .enum(["off", "monitor", "enforce"])
      .prefault("enforce")
      .describe(
        "Whether a call that is not what its caller declared beforehand (`x-holdfast-intent`, `_meta`, `context.intent`) needs a person. Nothing declared, nothing compared.",
      ),
    rule_of_two: z
      .enum(["off", "monitor", "enforce"])
      .prefault("monitor")
      .describe(
        "Whether a session that has read untrusted content and data with a category needs a person before it changes something or sends something out.",
      ),
    attempts: z
      .strictObject({
        mode: z.enum(["off", "monitor", "enforce"]).prefault("monitor").describe("Whether such a session needs a person for everything, or is only noted."),
        score: z.number().min(0.5).max(100).prefault(3).describe("The sum: a finding counts with its score, at most 1, and half as much after an hour."),
      })
      .prefault({})
      .describe("What follows where findings of kind `injection` add up over the turns of a session."),
    session: duration
      .refine((ms) => ms >= SHORTEST_SESSION_MS, "a session lasts at least `1m`: a shorter one would disarm the rules that look back")
      .prefault("24h")
      .describe("When a session is over in which nothing is done: then it has no past."),
    conversations: z
      .enum(["own", "key"])
      .prefault("own")
      .describe(
        "What past a model call has. `own`: that of its conversation, where it is surely recognised, else all that its key did. `key`: always all that its key did.",
      ),
    delegation: z
      .strictObject({
        model: oneModel.describe("The model that reads requests, at a configured upstream."),
        deadline: askDeadline
          .prefault("800ms")
          .describe("How long it may take; less than `deadlines.decide`, within which all of the permission layer has to answer."),
        calls: rate.prefault("60/min").describe("How often it is asked, over all agents."),
        failing: z
          .enum(["rules", "ask"])
          .prefault("rules")
          .describe("What follows where it is late, broken or has no calls left: what the rules alone said, or each such action needs a person."),
      })
      .exactOptional()
      .describe("A model that is given the user's request and nothing else, and says what that does not ask for. It can only make the outcome stricter."),
    bits: z
      .int()
      .min(0)
      .max(10_000)
      .prefault(256)
      .describe("How much declassified values may say together, of all that a request carries of its conversation."),
  })
  .describe("Information flow.");
