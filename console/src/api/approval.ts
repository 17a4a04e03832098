import { isObject, type Json, type JsonObject } from "../../../src/core/json.ts";
import { CallFailed, call, getOperator } from "./client.ts";
import { signed } from "./passkey.ts";
import { fields, items, number, type Reason, readReason, text } from "./read.ts";

export const STATES = ["pending", "approved", "rejected", "expired", "void", "used", "done", "unknown"] as const;
export type State = (typeof STATES)[number];

export const RISKS = ["high", "medium", "low"] as const;
export type Risk = (typeof RISKS)[number];
const CONTROLS = ["caught", "missed", "changed", "unanswered"] as const;
export type ControlOutcome = (typeof CONTROLS)[number];

/** Which argument a reason is about, and which thing that was read it came from; `origin` is empty where it stands nowhere. */
export interface Evidence {
  readonly argument: string;
  readonly origin: string;
}

/** A question to people. Arguments and content are kept as they are, because they are compared and sent back; whoever draws them writes out what is invisible. */
export interface Question {
  readonly id: string;
  /** Of all that would be done: an answer with it is an answer to this. */
  readonly digest: string;
  readonly state: State;
  readonly agent: string;
  readonly user: string;
  readonly key: string;
  readonly session: string;
  readonly action: string;
  readonly tool: string;
  readonly definition: string;
  readonly target: string;
  readonly args: JsonObject | undefined;
  readonly before: JsonObject | undefined;
  readonly content: readonly { readonly source: string; readonly value: Json }[];
  readonly reasons: readonly (Reason & { readonly evidence: readonly Evidence[] })[];
  readonly needs: readonly { readonly approvers: readonly string[]; readonly count: number }[];
  /** Roles that may answer as well, because nobody did in time; they stand among the approvers already. */
  readonly escalated: readonly string[];
  readonly risk: Risk;
  /** The same where one look may answer several together. */
  readonly shape: string;
  /** Set once it is over, where it was planted: no agent had asked it. */
  readonly control: ControlOutcome | undefined;
  readonly surface: string;
  readonly request: string;
  readonly asked: string;
  readonly expires: string;
  readonly answers: readonly {
    readonly by: string;
    readonly at: string;
    readonly action: string;
    readonly reason: string;
    readonly took: number;
    readonly passkey: string;
    /** Where it was given, if in a chat. */
    readonly via: string;
  }[];
  /** What people asked, and what the agent said. */
  readonly remarks: readonly { readonly from: "person" | "agent"; readonly by: string; readonly at: string; readonly text: string }[];
  /** What a command leads to on the gateway's machine. */
  readonly files: readonly { readonly path: string; readonly is: string }[];
  /** What a dry run counted; without `records` it could not. */
  readonly counted: { readonly by: string; readonly at: string; readonly records: number | undefined; readonly why: string } | undefined;
  readonly uses: readonly { readonly stage: string; readonly request: string; readonly at: string; readonly outcome: string }[];
  /** From a list for which it is too long: what would be done stands only in the question itself. */
  readonly leftOut: boolean;
  /** As it came, to be saved. */
  readonly receipt: unknown;
}

export type Answer =
  | { readonly action: "approve"; readonly reason?: string }
  | { readonly action: "edit"; readonly args: JsonObject; readonly reason?: string }
  | { readonly action: "reject"; readonly reason: string }
  /** Answers nothing: it is put to the agent. */
  | { readonly action: "ask"; readonly reason: string };

const MOST = 500;

/** Those that wait, those that are decided, or those that whoever is logged in has answered or asked about. */
export const WHICH = ["waiting", "mine", "decided"] as const;
export type Which = (typeof WHICH)[number];

export async function getQuestions(which: Which): Promise<readonly Question[]> {
  const questions = items(await call("GET", `/api/v1/approvals?limit=${MOST}${which === "waiting" ? "&state=pending" : ""}`)).map(readQuestion);
  // What is at stake most stands first; within that, the newest.
  if (which === "waiting") return questions.toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk));
  if (which === "decided") return questions.filter(({ state }) => state !== "pending");
  const me = await getOperator();
  return questions.filter(({ answers, remarks }) => answers.some(({ by }) => by === me) || remarks.some(({ by, from }) => from === "person" && by === me));
}

export async function getQuestion(id: string): Promise<Question> {
  return readQuestion(await call("GET", address(id)));
}

const CHANGED = "another approver has changed this";

/**
 * Answers a question as it was `shown`: nobody approves what they have not seen, so its digest goes along. Gives undefined where somebody else
 * has made it another one by now.
 */
export async function answerQuestion(shown: Question, answer: Answer): Promise<Question | undefined> {
  try {
    // Neither lets anything through, so neither waits for a passkey.
    const send = answer.action === "reject" || answer.action === "ask" ? posted : signed;
    return readQuestion(await send(address(shown.id), { ...answer, digest: shown.digest }));
  } catch (error) {
    if (error instanceof CallFailed && error.status === 409 && error.message.startsWith(CHANGED)) return undefined;
    throw error;
  }
}

/** One answer to several questions as they were shown; gives how many of them it did not count for. */
export async function answerTogether(shown: readonly Question[], action: "approve" | "reject", reason: string): Promise<{ readonly refused: number }> {
  const answers = shown.map(({ id, digest }) => ({ id, digest }));
  const send = action === "reject" ? posted : signed;
  const all = items(await send("/api/v1/approvals", { action, answers, ...(reason === "" ? {} : { reason }) })).map(fields);
  return { refused: all.filter((one) => one["refused"] !== undefined).length };
}

export interface Attention {
  readonly answers: number;
  readonly approved: number;
  /** Milliseconds. */
  readonly median: number;
  readonly caught: number;
  readonly missed: number;
  readonly warning: (typeof WARNINGS)[number] | undefined;
}
const WARNINGS = ["approves-unseen", "missed-control"] as const;

/** How the one who is logged in looks at questions. */
export async function getAttention(): Promise<Attention> {
  const own = fields(fields(await call("GET", "/api/v1/attention"))["own"]);
  return {
    answers: number(own["answers"]),
    approved: number(own["approved"]),
    median: number(own["median_ms"]),
    caught: number(own["caught"]),
    missed: number(own["missed"]),
    warning: WARNINGS.find((warning) => warning === own["warning"]),
  };
}

export interface RuleDraft {
  readonly replaces: readonly string[];
  readonly yaml: string;
  readonly holds: boolean;
  readonly because: string;
}

export async function getRule(id: string): Promise<RuleDraft> {
  const it = fields(await call("GET", `${address(id)}/rule`));
  return { replaces: items(it["replaces"]).map(text), yaml: lines(it["yaml"]), holds: it["holds"] === true, because: text(it["because"]) };
}

/** A text of several lines in which nothing else is invisible. */
const lines = (from: unknown): string => (typeof from === "string" ? from.split("\n").map(text).join("\n") : "");

/** Everything that would be done, as one string. */
export function substance({ agent, user, key, action, tool, definition, target, args, content }: Question): string {
  return JSON.stringify([agent, user, key, action, tool, definition, target, args, content]);
}

export function readQuestion(from: unknown): Question {
  const it = fields(from);
  const target = fields(it["target"]);
  if (text(it["id"]) === "") throw new CallFailed(0, "this is no question");
  return {
    id: text(it["id"]),
    digest: text(it["digest"]),
    state: STATES.find((state) => state === it["state"]) ?? "unknown",
    agent: text(it["agent"]),
    user: text(it["user"]),
    key: text(it["key"]),
    session: text(it["session"]),
    action: text(it["action"]),
    tool: text(it["tool"]),
    definition: text(it["definition"]),
    target: text(target["id"]) === "" ? "" : `${text(target["type"])} ${text(target["id"])}`,
    args: object(it["args"]),
    before: object(it["before"]),
    content: items(it["content"]).map((one) => ({ source: text(fields(one)["source"]), value: json(fields(one)["text"] ?? fields(one)["value"]) })),
    reasons: items(it["reasons"]).map((reason) => ({
      ...readReason(reason),
      evidence: items(fields(reason)["evidence"]).map((one) => ({ argument: text(fields(one)["argument"]), origin: text(fields(one)["origin"]) })),
    })),
    needs: items(it["needs"]).map((need) => ({ approvers: items(fields(need)["approvers"]).map(text), count: number(fields(need)["count"]) })),
    escalated: items(it["escalated"]).map(text),
    // What cannot be read is looked at first.
    risk: RISKS.find((risk) => risk === it["risk"]) ?? "high",
    shape: text(it["shape"]),
    control: CONTROLS.find((control) => control === it["control"]),
    surface: text(it["surface"]),
    request: text(it["request"]),
    asked: text(it["asked_at"]),
    expires: text(it["expires_at"]),
    answers: items(it["answers"]).map((one) => {
      const answer = fields(one);
      return {
        by: text(answer["by"]),
        at: text(answer["at"]),
        action: text(answer["action"]),
        reason: text(answer["reason"]),
        took: number(answer["took"]),
        passkey: text(answer["passkey"]),
        via: text(answer["via"]),
      };
    }),
    remarks: items(it["remarks"]).map((one) => {
      const remark = fields(one);
      return { from: remark["from"] === "person" ? "person" : "agent", by: text(remark["by"]), at: text(remark["at"]), text: text(remark["text"]) };
    }),
    files: items(it["files"]).map((one) => ({ path: text(fields(one)["path"]), is: text(fields(one)["is"]) })),
    counted: readCounted(it["counted"]),
    uses: items(it["uses"]).map((one) => {
      const use = fields(one);
      return { stage: text(use["stage"]), request: text(use["request"]), at: text(use["at"]), outcome: text(use["outcome"]) };
    }),
    leftOut: it["left_out"] === true,
    receipt: it["receipt"],
  };
}

function readCounted(from: unknown): Question["counted"] {
  const it = fields(from);
  const { records } = it;
  return it["by"] === undefined
    ? undefined
    : { by: text(it["by"]), at: text(it["at"]), records: records === undefined ? undefined : number(records), why: text(it["why"]) };
}

const posted = (path: string, body: object): Promise<unknown> => call("POST", path, body);
const address = (id: string): string => `/api/v1/approvals/${encodeURIComponent(id)}`;

// What `response.json()` gave is JSON.
const json = (from: unknown): Json => (from === undefined ? null : (from as Json));

function object(from: unknown): JsonObject | undefined {
  const value = json(from);
  return isObject(value) ? value : undefined;
}
