import type { JsonObject } from "../core/json.ts";
import { type Answer, type Approval, isMet, mayAnswer, type Need, type Person, type State } from "./approval.ts";
import { type Bound, digestOf } from "./bound.ts";
import type { Inbox, InboxOptions } from "./inbox.ts";
import { asking, asRequest, isTooLong, needsOf, union } from "./question.ts";
import { sealed } from "./receipt.ts";
import type { Turns } from "./turns.ts";

/** What came of an answer: the question as it now is, or why the answer does not count. */
export type Answered = { readonly approval: Approval } | Unanswered;
export interface Unanswered {
  readonly refused: "not-there" | "not-open" | "changed" | "not-yours" | "own-request" | "twice" | "denied" | "not-arguments";
  readonly text: string;
}

type Answering = InboxOptions & {
  readonly turns: Turns;
  readonly state: (approval: Approval) => State;
  readonly put: (approval: Approval) => Promise<Approval>;
  readonly now: () => number;
};

/** The half of the inbox that people meet. An answer that does not count changes nothing. */
export function answering({ shelf, seal, roleHolders, judge, record, turns, state, put, now }: Answering): Pick<Inbox, "approve" | "edit" | "reject"> {
  async function answer(id: string, person: Person, action: Answer["action"], reason?: string, args?: JsonObject, seen?: string): Promise<Answered> {
    const known = await shelf.get(id);
    if (known === undefined) return unanswered("not-there", `there is no approval \`${id}\``);
    return turns.take(known.digest, async () => {
      const approval = (await shelf.get(id)) ?? known;
      const why = hindrance(approval, person, action);
      if (why !== undefined) return why;
      if (seen !== undefined && seen !== digestOf(approval.bound)) return unanswered("changed", "another approver has changed this since you looked at it");
      const given: Answer = { by: person.name, at: now(), action, ...(reason === undefined ? {} : { reason }) };
      const next = args === undefined ? { ...approval, answers: [...approval.answers, given] } : await edited(approval, given, args);
      if ("refused" in next) return next;
      const over: Approval = { ...next, state: action === "reject" ? "rejected" : isMet(next, roleHolders) ? "approved" : "pending" };
      const whole = over.state === "pending" ? over : { ...over, receipt: sealed(over, seal) };
      // INVARIANT: no answer counts that is not in the log.
      await record(EVENTS[action], { ticket: id, by: person.name, state: over.state, digest: digestOf(over.bound) });
      return { approval: await put(whole) };
    });
  }

  function hindrance(approval: Approval, person: Person, action: Answer["action"]): Unanswered | undefined {
    const { id, needs, answers, bound } = approval;
    const { user } = bound.principal;
    const now = state(approval);
    if (now !== "pending") return unanswered("not-open", `\`${id}\` is ${now}: it cannot be answered any more`);
    if (needs.length > 0 && !needs.some(({ approvers }) => mayAnswer(person.name, approvers, roleHolders)))
      return unanswered("not-yours", `only ${rolesIn(needs)} may answer this`);
    if (action === "reject") return undefined;
    if (user !== undefined && (user === person.user || user === person.name))
      return unanswered("own-request", "it was asked for in your name, so another person has to answer");
    if (action === "approve" && answers.some(({ by }) => by === person.name))
      return unanswered("twice", "you have approved this already; another person has to");
    return undefined;
  }

  /** What other approvers said was about other arguments, so it is gone; whom to ask is not. */
  async function edited(approval: Approval, given: Answer, args: JsonObject): Promise<Approval | Unanswered> {
    const { bound, before, reasons, needs } = approval;
    if (bound.action.args === undefined) return unanswered("not-arguments", "this has no arguments that could be changed");
    const changed: Bound = { ...bound, action: { ...bound.action, args } };
    if (isTooLong(changed)) return unanswered("not-arguments", "the arguments are too long");
    const next = { ...approval, bound: changed, before: before ?? bound.action.args };
    const decision = await judge(asRequest(next));
    if (decision.effect === "deny") return unanswered("denied", decision.reasons.find(({ effect }) => effect === "deny")?.text ?? "this would be denied");
    const further = asking(decision).filter(({ id }) => !reasons.some((reason) => reason.id === id));
    return { ...next, reasons: [...reasons, ...further], needs: union(needs, needsOf(decision)), answers: [given] };
  }

  return {
    approve: (id, person, reason, seen) => answer(id, person, "approve", reason, undefined, seen),
    edit: (id, person, args, reason, seen) => answer(id, person, "edit", reason, args, seen),
    reject: (id, person, reason, seen) => answer(id, person, "reject", reason, undefined, seen),
  };
}

const EVENTS = { approve: "approval-approved", edit: "approval-edited", reject: "approval-rejected" } as const;

function rolesIn(needs: readonly Need[]): string {
  return [...new Set(needs.flatMap(({ approvers }) => approvers))].map((role) => `\`${role}\``).join(" or ");
}

const unanswered = (refused: Unanswered["refused"], text: string): Unanswered => ({ refused, text });
