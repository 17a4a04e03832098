/** The verbs of people who watch over agents: questions, phases, the kill switch. */
import { type Command, Option } from "commander";
import { PHASES } from "../../core/phase.ts";
import type { Making } from "./making.ts";

export function peopleVerbs({ holdfast, verb, of, json, terminal, exit }: Making): void {
  const approvals = verb(holdfast, "approvals", "what agents want to do that a person has to decide", "holdfast approvals list");
  of(
    verb(
      approvals,
      "list",
      "the questions that wait, at the gateway and under `holdfast run`; exit code 100 if one does",
      "holdfast approvals list --all --json",
    ),
  )
    .option("--all", "also those that were answered")
    .action(async (flags) => exit(await (await import("./verbs/approvals.ts")).list(terminal, flags)));
  of(verb(approvals, "show", "all of what would be done, and why it is asked", "holdfast approvals show HF-12"))
    .argument("<id>", "as `holdfast approvals list` says")
    .action(async (id, flags) => exit(await (await import("./verbs/approvals.ts")).show(terminal, id, flags)));
  of(verb(approvals, "approve", "let exactly this be done, once", "holdfast approvals approve HF-12"))
    .argument("<id...>", "what you have looked at; several only of the same shape")
    .option("--seen <digest>", "as `show` says it of what another approver has changed: exactly that is approved")
    .option("--reason <text>", "why, for the record")
    .action(async (ids, flags) => exit(await (await import("./verbs/approvals.ts")).answerAll(terminal, ids, "approve", flags)));
  of(verb(approvals, "edit", "let it be done with other arguments", `holdfast approvals edit HF-12 --args '{"to":"boss@example.com"}'`))
    .argument("<id>", "what you have looked at")
    .requiredOption("--args <json>", "all arguments, as one JSON object")
    .option("--reason <text>", "why, for the record")
    .action(async (id, flags) => exit(await (await import("./verbs/approvals.ts")).answer(terminal, id, "edit", flags)));
  of(verb(approvals, "ask", "ask the agent behind a question, before you answer it", `holdfast approvals ask HF-12 "which invoice is this for?"`))
    .argument("<id>", "what you have looked at")
    .argument("<text>", "what you want to know")
    .action(async (id, text, flags) => exit(await (await import("./verbs/approvals.ts")).answer(terminal, id, "ask", { ...flags, reason: text })));
  of(verb(approvals, "reject", "say no; its agent is told so", `holdfast approvals reject HF-12 --reason "not to a stranger"`))
    .argument("<id...>", "what you have looked at; several only of the same shape")
    .option("--reason <text>", "why, for the record")
    .action(async (ids, flags) => exit(await (await import("./verbs/approvals.ts")).answerAll(terminal, ids, "reject", flags)));
  of(verb(approvals, "rule", "what was said of a call, as a rule to read and paste; nothing is changed", "holdfast approvals rule HF-12"))
    .argument("<id>", "one that was answered")
    .action(async (id, flags) => exit(await (await import("./verbs/approvals.ts")).rule(terminal, id, flags)));
  of(verb(approvals, "attention", "how people look at what they answer; exit code 100 if somebody seems not to", "holdfast approvals attention")).action(
    async (flags) => exit(await (await import("./verbs/approvals.ts")).attention(terminal, flags)),
  );
  verb(approvals, "verify", "check a receipt with nothing but the public key", "holdfast approvals verify receipt.json --key data/audit.vkey")
    .argument("<file>", "what `holdfast approvals show --json` wrote, or its `receipt`")
    .requiredOption("--key <key>", "the log's public key, or the file it is in")
    .addOption(json)
    .action(async (file, flags) => exit(await (await import("./verbs/approvals.ts")).verify(terminal, file, flags)));
  const agents = verb(holdfast, "agents", "the agents of the running gateway: how much people see first, and the kill switch", "holdfast agents list");
  of(verb(agents, "list", "every agent, its phase, and who paused it and why", "holdfast agents list --json")).action(async (flags) =>
    exit(await (await import("./verbs/agents.ts")).list(terminal, flags)),
  );
  const AGENT = "its name in the configuration";
  of(verb(agents, "show", "what an agent may do, its phase, and the numbers for the next one", "holdfast agents show support"))
    .argument("<agent>", AGENT)
    .action(async (agent, flags) => exit(await (await import("./verbs/agents.ts")).show(terminal, agent, flags)));
  of(verb(agents, "history", "who moved an agent from which phase to which, and why", "holdfast agents history support"))
    .argument("<agent>", AGENT)
    .action(async (agent, flags) => exit(await (await import("./verbs/agents.ts")).history(terminal, agent, flags)));
  const phase = (command: Command): Command =>
    of(command)
      .argument("<agent>", AGENT)
      .option("--reason <text>", "why; it is recorded with your name")
      .option("--tool <name>", "only with this tool (server.tool), which then has a phase of its own")
      .addOption(new Option("--to <phase>", "another phase than the next").choices(PHASES));
  phase(
    verb(
      agents,
      "promote",
      "let an agent do more without being seen first: one step, when its numbers are there",
      `holdfast agents promote support --reason "two quiet weeks"`,
    ),
  )
    .option("--force", "although the numbers are not there, or over more than one step")
    .action(async (agent, flags) => exit(await (await import("./verbs/agents.ts")).promote(terminal, agent, flags)));
  phase(
    verb(agents, "demote", "let an agent do less without being seen first; it holds at once", `holdfast agents demote support --reason "a new tool"`),
  ).action(async (agent, flags) => exit(await (await import("./verbs/agents.ts")).demote(terminal, agent, flags)));
  const switched = (command: Command): Command =>
    of(command).argument("[agent]", AGENT).option("--all", "all agents").option("--reason <text>", "why; it is recorded with your name");
  switched(
    verb(agents, "pause", "end what an agent has open, now, and refuse its keys until it is resumed", `holdfast agents pause support --reason "it loops"`),
  )
    .option("--rollback", "and undo what its open tasks did; exit code 100 if something is not undone")
    .action(async (agent, flags) => exit(await (await import("./verbs/agents.ts")).pause(terminal, agent, flags)));
  switched(verb(agents, "resume", "let a paused agent work again", `holdfast agents resume support --reason "the loop is repaired"`)).action(
    async (agent, flags) => exit(await (await import("./verbs/agents.ts")).resume(terminal, agent, flags)),
  );
}
