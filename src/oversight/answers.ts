import { countedIn } from "../core/counted.ts";
import type { JsonObject } from "../core/json.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import { type Answer, type Approval, controlOf, isAskedBy, isAskedFor, isMet, mayAnswer, type Need, needsNow, type Person, type State } from "./approval.ts";
import { type Bound, digestOf } from "./bound.ts";
import { isForChat } from "./in-chat.ts";
import type { Inbox, InboxOptions } from "./inbox.ts";
import type { Looks } from "./looks.ts";
import { asking, asRequest, isTooLong, needsOf, union } from "./question.ts";
import { shapeOf } from "./rank.ts";
import { sealed } from "./receipt.ts";
import type { Turns } from "./turns.ts";

/** What came of an answer: the question as it now is, or why the answer does not count. */
export type Answered = { readonly approval: Approval } | Unanswered;
export interface Unanswered {
  readonly refused: "not-there" | "not-open" | "changed" | "not-yours" | "own-request" | "twice" | "denied" | "not-arguments" | "not-alike" | "not-in-chat";
  readonly text: string;
}

type Answering = InboxOptions & {
  readonly turns: Turns;
  readonly state: (approval: Approval) => State;
  readonly put: (approval: Approval) => Promise<Approval>;
  readonly now: () => number;
  readonly looked: Pick<Looks, "get">;
};

/** The half of the inbox that people meet. An answer that does not count changes nothing. */
export function answering({
  shelf,
  seal,
  roleHolders,
  judge,
  files,
  record,
  policy,
  turns,
  state,
  put,
  now,
  looked,
}: Answering): Pick<Inbox, "approve" | "edit" | "reject" | "together" | "confirm"> {
  /** When a person gave the answer before. */
  const before = new Map<string, number>();

  async function answer(
    id: string,
    person: Person,
    action: Answer["action"],
    reason?: string,
    args?: JsonObject,
    seen?: string,
    each?: number,
  ): Promise<Answered> {
    const known = await shelf.get(id);
    if (known === undefined) return unanswered("not-there", `there is no approval \`${id}\``);
    return turns.take(known.digest, async () => {
      const approval = (await shelf.get(id)) ?? known;
      const why = hindrance(approval, person, action);
      if (why !== undefined) return why;
      if (seen !== undefined && seen !== digestOf(approval.bound)) return unanswered("changed", "another approver has changed this since you looked at it");
      // ATTACK: who looked before the change would approve what they have not seen. Only the digest says which of the two was looked at.
      if (action === "approve" && seen === undefined && approval.before !== undefined) return unanswered("changed", UNSEEN);
      const at = now();
      const took = each ?? spent(approval, person, at);
      const { passkey, via } = person;
      const given: Answer = { by: person.name, at, action, took, ...withoutAbsent({ reason, passkey, via }) };
      const next = args === undefined ? { ...approval, answers: [...approval.answers, given] } : await edited(approval, given, args);
      if ("refused" in next) return next;
      // A planted question is over with the first answer, however many a real one would need.
      const met = next.control === true || isMet(next, roleHolders);
      const over: Approval = { ...next, state: action === "reject" ? "rejected" : met ? "approved" : "pending" };
      const whole = over.state === "pending" ? over : { ...over, receipt: sealed(over, seal) };
      // INVARIANT: no answer counts that is not in the log.
      const control = controlOf(over);
      const facts = { ticket: id, by: person.name, state: over.state, digest: digestOf(over.bound), agent: over.bound.principal.agent, took: String(took) };
      await record(
        EVENTS[action],
        { ...facts, ...withoutAbsent({ passkey, via }), ...(control === undefined ? {} : { control, request: over.request }) },
        over.bound.action.tool,
      );
      // Whoever holds an agent's key could say this: it is no person who was looking.
      if (via !== "elicitation") before.set(person.name, at);
      return { approval: await put(whole) };
    });
  }

  const spent = ({ id, asked }: Approval, { name }: Person, at: number): number =>
    Math.max(0, at - Math.max(asked, looked.get(id, name) ?? 0, before.get(name) ?? 0));

  function hindrance(approval: Approval, person: Person, action: Answer["action"]): Unanswered | undefined {
    const { id, answers } = approval;
    const needs = needsNow(approval);
    const now = state(approval);
    if (now !== "pending") return unanswered("not-open", `\`${id}\` is ${now}: it cannot be answered any more`);
    if (needs.length > 0 && !needs.some(({ approvers }) => mayAnswer(person.name, approvers, roleHolders)))
      return unanswered("not-yours", `only ${rolesIn(needs)} may answer this`);
    if (person.via !== undefined && (action === "edit" || !isForChat(approval, person.via, policy()))) return unanswered("not-in-chat", NOT_IN_CHAT);
    if (action === "reject") return undefined;
    // There it is the agent's user who is asked, and nobody else was wanted.
    if (person.via !== "elicitation" && isAskedFor(approval, person))
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
    const named = (await files?.(asRequest(next))) ?? [];
    const further = asking(decision).filter(({ id }) => !reasons.some((reason) => reason.id === id));
    const counted = countedIn(decision);
    const { files: _files, counted: _counted, ...rest } = next;
    return {
      ...rest,
      ...(named.length === 0 ? {} : { files: named }),
      ...(counted === undefined ? {} : { counted }),
      reasons: [...reasons, ...further],
      needs: union(needs, needsOf(decision)),
      answers: [given],
    };
  }

  return {
    approve: (id, person, reason, seen) => answer(id, person, "approve", reason, undefined, seen),
    edit: (id, person, args, reason, seen) => answer(id, person, "edit", reason, args, seen),
    reject: (id, person, reason, seen) => answer(id, person, "reject", reason, undefined, seen),
    async confirm(id, principal, action) {
      const known = await shelf.get(id);
      const { user } = principal;
      if (known === undefined || user === undefined || !isAskedBy(known, principal) || known.bound.principal.user !== user)
        return unanswered("not-there", `you have no question \`${id}\``);
      return answer(id, { name: user, via: "elicitation" }, action, undefined, undefined, known.digest);
    },
    async together(questions, person, action, reason) {
      const found = await Promise.all(questions.map(({ id }) => shelf.get(id)));
      const alike = new Set(found.map((approval) => (approval === undefined ? "" : shapeOf(approval))));
      const [first] = found;
      if (first === undefined || alike.size !== 1) return unanswered("not-alike", "these are not all questions of the same shape");
      const each = Math.floor(spent(first, person, now()) / questions.length);
      const answered: Answered[] = [];
      // Each by itself, bound to its own bytes: one that was changed or is over does not count, and the others do.
      for (const { id, seen } of questions) answered.push(await answer(id, person, action, reason, undefined, seen, each));
      return answered;
    },
  };
}

const NOT_IN_CHAT = "this cannot be answered in a chat: open it at the console";
const UNSEEN = "another approver has changed this: say which you have looked at, by its digest (`holdfast approvals show` names it)";

const EVENTS = { approve: "approval-approved", edit: "approval-edited", reject: "approval-rejected" } as const;

function rolesIn(needs: readonly Need[]): string {
  return [...new Set(needs.flatMap(({ approvers }) => approvers))].map((role) => `\`${role}\``).join(" or ");
}

const unanswered = (refused: Unanswered["refused"], text: string): Unanswered => ({ refused, text });
