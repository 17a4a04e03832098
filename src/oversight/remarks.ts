import type { Principal } from "../core/request.ts";
import type { Unanswered } from "./answers.ts";
import { type Approval, isAskedBy, type Person, type Remark, type State } from "./approval.ts";
import type { InboxOptions } from "./inbox.ts";
import type { Shelf } from "./shelf.ts";
import type { Turns } from "./turns.ts";

/**
 * So often people and the agent may each say something of one question: with more it is none that somebody can decide. ATTACK: one count for
 * both would let an agent talk until nobody can ask back.
 */
const MOST_EACH = 20;
const LONGEST_REMARK = 2_000;

/** The part of the inbox in which people ask back. What is said answers nothing, and lets nothing through. */
export interface Remarking {
  /** A person asks whoever is behind a question. */
  inquire(id: string, person: Person, text: string): Promise<{ readonly approval: Approval } | Unanswered>;
  /** The agent whose question it is says something. For anybody else it is not there. */
  explain(id: string, principal: Principal, text: string): Promise<{ readonly approval: Approval } | Unanswered>;
}

interface Parts extends Pick<InboxOptions, "record"> {
  readonly shelf: Shelf;
  readonly turns: Turns;
  readonly state: (approval: Approval) => State;
  readonly put: (approval: Approval) => Promise<Approval>;
  readonly now: () => number;
}

export function remarking({ shelf, turns, state, put, now, record }: Parts): Remarking {
  async function say(id: string, remark: Omit<Remark, "at">, isTheirs: (approval: Approval) => boolean): Promise<{ readonly approval: Approval } | Unanswered> {
    const known = await shelf.get(id);
    if (known === undefined || !isTheirs(known)) return { refused: "not-there", text: "there is no question of this id" };
    return turns.take(known.digest, async () => {
      const approval = (await shelf.get(id)) ?? known;
      const { remarks = [], bound } = approval;
      // INVARIANT: once it was answered, what was said is part of what was signed.
      if (state(approval) !== "pending") return { refused: "not-open", text: `\`${id}\` is ${state(approval)}: nothing can be said of it any more` };
      if (remarks.filter(({ from }) => from === remark.from).length >= MOST_EACH)
        return { refused: "not-open", text: `enough was said of \`${id}\`: answer it` };
      // That it was asked is on record, and by whom; what was said stands with the question, because it may name people.
      await record("approval-remark", { ticket: id, agent: bound.principal.agent, from: remark.from, by: remark.by });
      return { approval: await put({ ...approval, remarks: [...remarks, { ...remark, text: remark.text.slice(0, LONGEST_REMARK), at: now() }] }) };
    });
  }
  return {
    inquire: (id, { name }, text) => say(id, { from: "person", by: name, text }, () => true),
    explain: (id, principal, text) => say(id, { from: "agent", by: principal.agent, text }, (approval) => isAskedBy(approval, principal)),
  };
}
