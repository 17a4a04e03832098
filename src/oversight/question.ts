import { type Content, defaultLabel } from "../core/content.ts";
import { type Counted, recordsIn } from "../core/counted.ts";
import type { Decision, Reason } from "../core/decision.ts";
import type { JsonObject } from "../core/json.ts";
import type { Request } from "../core/request.ts";
import type { Approval, NamedFile, Need, Use } from "./approval.ts";
import { type Bound, bytesOf } from "./bound.ts";

/** What is asked, and what it is bound to. */
export interface Question {
  readonly request: Request;
  readonly decision: Decision;
  readonly bound: Bound;
  readonly digest: string;
  readonly files: readonly NamedFile[];
  readonly counted: Counted | undefined;
}

/** What a person can be shown whole, in UTF-16 code units of canonical JSON. */
const MOST = 1 << 20;

export const isTooLong = (bound: Bound): boolean => lengthOf(bound) > MOST;

const lengths = new WeakMap<Bound, number>();

/** In UTF-16 code units of canonical JSON; worked out once, because it is asked of all that wait with each new question. */
export function lengthOf(bound: Bound): number {
  const length = lengths.get(bound) ?? bytesOf(bound).length;
  lengths.set(bound, length);
  return length;
}

export const asking = ({ reasons }: Decision): readonly Reason[] => reasons.filter(({ effect }) => effect === "ask");

/** What rules demand of the answer. Nothing where no rule says more than `ask`: then one person is enough. */
export function needsOf({ obligations }: Decision): readonly Need[] {
  return obligations.flatMap((one) => (one.kind === "approval" ? [{ approvers: one.approvers, count: one.count }] : []));
}

/** The shortest time that a rule gives the question, in milliseconds. */
export function expiryOf({ obligations }: Decision, otherwise: number): number {
  const given = obligations.flatMap((one) => (one.kind === "approval" && one.expires !== undefined ? [one.expires] : []));
  return given.length === 0 ? otherwise : Math.min(...given);
}

/** What it leads to is what the approver saw: the same files, each of which is what it was, and no more records than were counted then. */
export const isAsSeen = ({ files = [], counted }: Approval, now: Question): boolean =>
  recordsIn(now.counted) <= recordsIn(counted) &&
  files.length === now.files.length &&
  files.every(({ path, is }, at) => path === now.files[at]?.path && is === now.files[at]?.is);

export function union(a: readonly Need[], b: readonly Need[]): readonly Need[] {
  const keys = new Set(a.map((need) => JSON.stringify(need)));
  return [...a, ...b.filter((need) => !keys.has(JSON.stringify(need)))];
}

/** A call that a model's answer proposes is handed on here and performed elsewhere: perhaps at our own MCP gateway, as the same act. */
export const stageOf = ({ context }: Request): Use["stage"] => (context.surface === "llm-gateway" && context.parent !== undefined ? "proposed" : "performed");

/** What happened cannot be proposed once more. */
export const isFree = ({ uses }: Approval, stage: Use["stage"]): boolean => !uses.some((use) => use.stage === stage || use.stage === "performed");

/**
 * The request with an approver's arguments. They are the words of a person with the right to say so: information flow, where it sees where
 * arguments come from, sees that.
 */
export function withArguments(request: Request, args: JsonObject): Request {
  const { read } = request;
  return { ...request, action: { ...request.action, args }, ...(read === undefined ? {} : { read: [...read, written(args)] }) };
}

/** The request that a question is about, as far as it is kept: to decide about it again. */
export function asRequest({ bound, request, surface, asked, session, label }: Approval): Request {
  const { action, principal, resource, content } = bound;
  const { key, ...who } = principal;
  return {
    id: request,
    principal: { ...who, ...(key === undefined ? {} : { capability: key }), ...(session === undefined ? {} : { session }) },
    action: action as Request["action"],
    ...(resource === undefined ? {} : { resource }),
    content: [
      { source: { kind: "model" }, label, text: "" },
      ...content.map(({ text, value }): Content => ({ source: { kind: "model" }, label, ...(value === undefined ? { text: text ?? "" } : { value }) })),
    ],
    context: { time: asked, surface },
  };
}

function written(args: JsonObject): Content {
  const source = { kind: "system", id: "approver" } as const;
  return { source, label: defaultLabel(source), value: args };
}
