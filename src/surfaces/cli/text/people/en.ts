import { count, when } from "../count.ts";

export const approvals = {
  nothing: "nothing waits",
  waiting: (number: number, id: string): string => `${count(number, "question")} waiting; look at one: holdfast approvals show ${id}`,
  answer: (id: string, seen: string | undefined): string =>
    `holdfast approvals approve ${id}${when(seen, (digest) => ` --seen ${digest}`)} · edit ${id} --args JSON · reject ${id} --reason TEXT`,
  is: (id: string, state: string): string => `${id} is ${state}`,
  names: {
    agent: "agent",
    action: "action",
    tool: "tool",
    argument: "argument",
    was: "  was",
    from: "  from",
    leftOut: "left out",
    content: "content",
    records: "records",
    why: "why",
    needs: "needs",
    asked: "asked",
    until: "until",
    planted: "planted",
    answer: "answer",
    says: "it says",
    askedBack: "asked",
    file: "file",
    used: "used",
  },
  actsFor: (agent: string, user: string): string => `${agent}, for ${user}`,
  needs: (people: number, approvers: readonly string[]): string =>
    `${count(people, "approval")}${approvers.length === 0 ? "" : ` by ${approvers.join(" or ")}`}`,
  answered: (action: string, by: string, at: string, reason: string | undefined, chat: string | undefined): string =>
    `${action} by ${by}${when(chat, (name) => ` in the chat (${name})`)}, ${at}${when(reason, (text) => `: ${text}`)}`,
  counted: (records: number, by: string, at: string): string => `would change ${count(records, "record")}, counted by ${by}, ${at}`,
  uncounted: (why: string, by: string, at: string): string => `could not be counted (${why}), which counts as the most there is; by ${by}, ${at}`,
  changed: (id: string): string => `another approver has changed \`${id}\`: look at it, and approve it by itself with \`--seen\``,
  file: (path: string, is: string): string => `${path} is ${is}`,
  nowhere: "nothing that was read",
  asked: "noted: an agent that looks at its ticket sees it; nothing was answered",
  control: {
    caught: "this was planted, to see whether people look: no agent had asked it. You saw through it",
    missed: "this was planted, to see whether people look: no agent had asked it, and nothing comes of it. Nobody should have approved it",
    changed: "this was planted, to see whether people look: no agent had asked it, and nothing comes of it",
  },
  said: {
    approved: "approved: when its agent asks for the same again, it is done, once",
    rejected: "rejected: its agent is told so",
    pending: "noted; more people have to approve",
  },
  itIs: (state: string): string => `it is ${state}`,
  notAnswered: "not answered",
  oneByOne: "what is asked under `holdfast run` is answered one by one",
  typed: {
    terminal: "what is asked under `holdfast run` is approved at a terminal, by typing its name",
    reject: "rejecting takes none: holdfast approvals reject",
    prompt: (ticket: string): string => `type ${ticket} to approve exactly this: `,
    other: "that is not its name, so nothing was approved",
  },
  looks: {
    approved: (approved: number, answers: number): string => `${approved} of ${answers} approved`,
    seconds: (seconds: number): string => `${seconds} s`,
    caught: (caught: number, missed: number): string => `${caught} caught, ${missed} missed`,
    well: "nobody seems to approve without looking",
    badly: (people: readonly string[]): string =>
      `${people.join(", ")} seem${people.length === 1 ? "s" : ""} to approve without looking: their answers are no evidence for a looser phase`,
  },
  rule: {
    add: "read it, then add it to the configuration",
    replace: (rules: readonly string[]): string => `read it, then put it in the place of ${rules.map((rule) => `\`${rule}\``).join(", ")}`,
    fails: (because: string): string => `its test does not pass with it alone: ${because}`,
  },
  receipt: {
    none: "this is no receipt",
    from: "a receipt comes from: holdfast approvals show HF-1 --json > receipt.json",
    broken: "the receipt does not hold: it was not signed by this key, or is not what was signed",
    verified: "verified",
  },
  args: (fault: string | undefined): string => `\`--args\` is not a JSON object${when(fault, (text) => `: ${text}`)}`,
  argsLike: `write all of them: --args '{"to":"boss@example.com"}'`,
};

export const agents = {
  is: (agent: string, phase: string): string => `${agent} is ${phase}`,
  names: {
    since: "since",
    paused: "paused",
    role: "role",
    read: "read",
    write: "write",
    deny: "blocked",
    met: "met",
    unmet: "not met",
    incident: "incident",
    with: "with",
  },
  always: "always: nobody gave it a phase, and no incident moves it",
  tool: (tool: string, phase: string, since: string, proposed: string | undefined): string =>
    `${tool}: ${phase}, since ${since}${when(proposed, (next) => `; ${next} is proposed`)}`,
  proposed: (phase: string, agent: string): string => `${phase} is proposed: holdfast agents promote ${agent} --reason "why"`,
  forced: "forced",
  moves: (number: number, agent: string, phase: string): string => `${count(number, "move")}; ${agent} is ${phase}`,
  with: (agent: string, tool: string): string => `${agent} with ${tool}`,
  moved: (name: string, phase: string): string => `${name} is ${phase} from now on`,
  percent: (share: number): string => `${Math.round(share * 1000) / 10} %`,
  criteria: {
    stay: (value: string, wanted: string): string => `${value} of ${wanted} days in this phase`,
    quiet: (value: string, wanted: string): string => `${value} of ${wanted} days without an incident`,
    calls: (value: string, wanted: string): string => `${value} of ${wanted} writes`,
    errors: (value: string, wanted: string): string => `${value} of them failed, at most ${wanted} may`,
    decisions: (value: string, wanted: string): string => `${value} of ${wanted} answers of people`,
    agreement: (value: string, wanted: string): string => `${value} of them approved it as it was, at least ${wanted} have to`,
    other: (id: string, value: string, wanted: string): string => `${id}: ${value}, wanted ${wanted}`,
  },
  which: "name one agent, or say `--all`",
  unsaid: "the server did not say which agents there are",
  works: "works",
  paused: "paused",
  next: (agents: readonly string[]): string => `the next phase is proposed for ${agents.join(", ")}: holdfast agents show ${agents[0] ?? ""}`,
  summary: (number: number, held: number, all: boolean): string =>
    `${count(number, "agent")}, ${held} paused${all ? " (all are: holdfast agents resume --all)" : ""}`,
  spent: (used: string, limit: string, unit: string, window: string): string => `${used} of ${limit} ${unit} a ${window}`,
  windows: { minute: "minute", hour: "hour", day: "day", week: "week", month: "month" },
  reserved: (amount: string): string => `${amount} reserved`,
  frees: (at: string): string => `first part free at ${at}`,
};

export const incidents = {
  summary: (number: number, open: number, late: readonly string[]): string =>
    `${count(number, "incident")}; ${open} open${late.length === 0 ? "" : `; a report is late: ${late.join(", ")}`}`,
  is: (id: string, state: string, title: string): string => `${id} is ${state}: ${title}`,
  names: { agent: "agent", person: "person", seen: "seen", clock: "clock", decision: "decision" },
  seen: (times: number, first: string, last: string): string => `${count(times, "time")}, ${first} to ${last}`,
  clock: (regime: string, aware: string): string => `${regime}, since ${aware}`,
  due: (report: string, due: string): string => `${report}: due ${due}`,
  made: (report: string, made: string, by: string): string => `${report}: made ${made} by ${by}`,
};

export const rollback = {
  summary: (tasks: number, left: readonly string[]): string =>
    `${count(tasks, "task")}; ${left.length === 0 ? "no rollback left anything behind" : `look at ${left.join(", ")}`}`,
  rolledBack: (tasks: number, whole: boolean): string => `${count(tasks, "open task")} rolled back${whole ? "" : "; not everything is undone"}`,
  wouldUndo: (steps: number, id: string): string => `${count(steps, "step")} of ${id} would be undone, in this order; nothing was done`,
  is: (id: string, state: string): string => `${id} is ${state}`,
  names: { agent: "agent", rollback: "rollback" },
  session: (agent: string, session: string): string => `${agent}, session ${session}`,
  by: (by: string, began: string, reason: string): string => `by ${by}, ${began}: ${reason}`,
  left: (steps: readonly string[], id: string, first: number): string =>
    `not undone: ${steps.join(", ")}; when you have looked: holdfast rollback settle ${id} ${first} --reason "why"`,
  looked: (note: string, by: string, reason: string): string => `${note} (looked at by ${by}: ${reason})`,
  unsaid: "the server did not say what the task did",
};
