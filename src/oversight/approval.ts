import type { Counted } from "../core/counted.ts";
import type { Chat, Reason } from "../core/decision.ts";
import type { JsonObject } from "../core/json.ts";
import type { Label } from "../core/label.ts";
import { LOCAL_OPERATOR } from "../core/local-operator.ts";
import type { Principal } from "../core/request.ts";
import type { Bound } from "./bound.ts";

/** A question to people, and what became of it. It holds the whole of what would be done: that is what a person is shown, and nothing else is done. */
export interface Approval {
  /** `HF-12`: counts up. Names the question and opens nothing; who may see it is asked each time. */
  readonly id: string;
  /** Of `bound`, as the agent asked for it: an agent that asks for the same again means this question. */
  readonly digest: string;
  /** What would be done: as it was asked for, or as an approver changed it. */
  readonly bound: Bound;
  /** Hash of the tool's definition that was in force; absent where none was pinned. */
  readonly definition?: string;
  /** What the command led to on this machine; absent where it is no command, or none that runs here. */
  readonly files?: readonly NamedFile[];
  /** What a dry run counted: the number that people see. */
  readonly counted?: Counted;
  /** Of the configuration that asked. */
  readonly policy: string;
  /** Random: no two receipts are of the same bytes. */
  readonly nonce: string;
  /** Why a person is asked. Another reason is another question. */
  readonly reasons: readonly Reason[];
  /** What the rules demanded. Who may answer now is `needsNow`. */
  readonly needs: readonly Need[];
  /** Roles that may answer as well, because nobody had in time. */
  readonly escalated?: readonly string[];
  readonly label: Label;
  readonly surface: string;
  readonly session?: string;
  /** The request that asked first: its record in the log has this id. */
  readonly request: string;
  /** Milliseconds since the epoch. */
  readonly asked: number;
  readonly expires: number;
  /** The arguments as the agent gave them, where an approver changed them. */
  readonly before?: JsonObject;
  readonly answers: readonly Answer[];
  /** What people asked about it, and what its agent said, while it waited. */
  readonly remarks?: readonly Remark[];
  readonly state: "pending" | "approved" | "rejected" | "void";
  /** Signed once it was answered for good. */
  readonly receipt?: Receipt;
  readonly uses: readonly Use[];
  /** Nobody asked this: it was planted, to see whether people look. No request has its digest, so that nothing can come of it. */
  readonly control?: true;
}

/** Words about a question. Those of an agent are its own, and may be meant to persuade. */
export interface Remark {
  readonly from: "person" | "agent";
  readonly by: string;
  readonly at: number;
  readonly text: string;
}

/** A file that a command names, and what it was: where the name led, and a hash of what lay there. */
export interface NamedFile {
  readonly path: string;
  readonly is: string;
}

/** So many different people, each with one of these roles; without roles, anybody who may answer at all. */
export interface Need {
  readonly approvers: readonly string[];
  readonly count: number;
}

export interface Answer {
  /** The person's name in the configuration. */
  readonly by: string;
  readonly at: number;
  readonly action: "approve" | "edit" | "reject";
  readonly reason?: string;
  /** The passkey that has signed the answer, by the hash of its credential's id; absent where none was asked for. */
  readonly passkey?: string;
  /** Where it was given, if not at the console, on the command line or over the API. */
  readonly via?: Chat;
  /** Milliseconds in which the person can have looked at it, at most: since it was asked, first shown to them, or they answered the one before. */
  readonly took?: number;
}

/** What a planted question has shown; undefined for a real one, and for one that is not answered. */
export function controlOf({ control, answers }: Approval): "caught" | "missed" | "changed" | undefined {
  const last = control === true ? answers.at(-1) : undefined;
  return last === undefined ? undefined : ({ approve: "missed", edit: "changed", reject: "caught" } as const)[last.action];
}

/**
 * What was approved happens once, and is seen at up to two places: where the model's answer proposes it and where it is performed. Each
 * place lets it through once.
 */
export interface Use {
  readonly stage: "proposed" | "performed";
  readonly request: string;
  readonly at: number;
  /** `unknown`: it began, and nobody saw how it ended. It is never tried again. */
  readonly outcome?: "done" | "denied" | "unknown";
}

/** What was signed, and the signed note over its hash. */
export interface Receipt {
  readonly statement: JsonObject;
  readonly note: string;
}

/** Someone who answers. Which roles the person has is asked when it counts (`roleHolders`). */
export interface Person {
  readonly name: string;
  /** As agents' keys name this person: what is asked for a user is not approved by that user. */
  readonly user?: string;
  /** The account at the sign-in provider: where it also issues agents' tokens, that is how they name this person. */
  readonly login?: string;
  /** The passkey with which they answer now. */
  readonly passkey?: string;
  /** Where they answer now, if in a chat. */
  readonly via?: Chat;
}

/** Whether this caller asked: the same agent with the same key. Tickets count up and are easily guessed, and no agent has asked a planted question. */
export const isAskedBy = ({ bound, control }: Approval, { agent, capability }: Principal): boolean =>
  control !== true && bound.principal.agent === agent && bound.principal.key === capability;

/** ATTACK: whoever goes by several names must not approve under one what an agent asked in another. */
export const isAskedFor = ({ bound }: Approval, { name, user, login }: Person): boolean =>
  bound.principal.user !== undefined && [name, user, login].includes(bound.principal.user);

/**
 * What a question is now. `used`: let through, and not over yet. `void`: what it was about has changed since, or was denied after all.
 * `unknown`: it began, and nobody saw how it ended.
 */
export type State = "pending" | "approved" | "rejected" | "expired" | "void" | "used" | "done" | "unknown";

export function stateOf({ state, uses }: Approval, isOver: boolean): State {
  const last = uses.at(-1);
  if (last !== undefined) return last.outcome === undefined ? "used" : last.outcome === "denied" ? "void" : last.outcome;
  return isOver && (state === "pending" || state === "approved") ? "expired" : state;
}

/** Escalation lets others answer as well. It makes nobody's answer unnecessary: as many different people are wanted as before. */
export function needsNow({ needs, escalated = [] }: Pick<Approval, "needs" | "escalated">): readonly Need[] {
  return needs.map(({ approvers, count }) => ({ approvers: approvers.length === 0 ? [] : [...new Set([...approvers, ...escalated])], count }));
}

/** True once enough people approved for every need; one may count for several. */
export function isMet(approval: Pick<Approval, "needs" | "escalated" | "answers">, roleHolders: (role: string) => readonly string[]): boolean {
  const { answers } = approval;
  const approving = [...new Set(answers.filter(({ action }) => action !== "reject").map(({ by }) => by))];
  const enough = ({ approvers, count }: Need): boolean => approving.filter((by) => mayAnswer(by, approvers, roleHolders)).length >= count;
  return approving.length > 0 && needsNow(approval).every(enough);
}

/**
 * True where the person has one of the roles. A role that nobody has falls to whoever runs Holdfast on this machine: they could give it
 * to themselves.
 */
export function mayAnswer(name: string, approvers: readonly string[], roleHolders: (role: string) => readonly string[]): boolean {
  if (approvers.length === 0) return true;
  return approvers.some((role) => {
    const holders = roleHolders(role);
    return holders.length === 0 ? name === LOCAL_OPERATOR : holders.includes(name);
  });
}
