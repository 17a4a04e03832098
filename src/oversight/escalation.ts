import type { Clock } from "../core/layers.ts";
import type { Approval, State } from "./approval.ts";
import type { Inbox, InboxOptions } from "./inbox.ts";
import type { Shelf } from "./shelf.ts";
import type { Turns } from "./turns.ts";

/** After how long, in milliseconds since it was asked, a question also goes to people with these roles. */
export interface Escalation {
  readonly after: number;
  readonly to: readonly string[];
}

interface Parts extends Pick<InboxOptions, "record"> {
  readonly shelf: Shelf;
  readonly turns: Turns;
  readonly state: (approval: Approval) => State;
  readonly put: (approval: Approval) => Promise<Approval>;
}

/** The part of the inbox that lets more people answer. */
export interface Escalating {
  /** People with these roles may answer it as well. Nothing where it does not wait any more, or they may already. */
  escalate(id: string, to: readonly string[]): Promise<void>;
}

export function escalating({ shelf, turns, state, put, record }: Parts): Escalating {
  return {
    async escalate(id, to) {
      const known = await shelf.get(id);
      if (known === undefined) return;
      await turns.take(known.digest, async () => {
        const approval = await shelf.get(id);
        if (approval === undefined || state(approval) !== "pending") return;
        const news = to.filter((role) => approval.escalated?.includes(role) !== true);
        if (news.length === 0) return;
        // INVARIANT: nobody may answer more than the log says.
        await record("approval-escalated", { ticket: id, agent: approval.bound.principal.agent, to: news.join(", ") });
        await put({ ...approval, escalated: [...(approval.escalated ?? []), ...news] });
      });
    },
  };
}

/** How often it is looked: a minute is the shortest time that configuration can say. */
const EVERY_MS = 10_000;
const MOST = 1_000;

export interface EscalationOptions {
  readonly steps: () => readonly Escalation[];
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

/** Escalates what nobody has answered by the time of a step, also where that came during a restart. */
export function escalations(inbox: Pick<Inbox, "list" | "escalate" | "waiting">, { steps, clock, failed }: EscalationOptions): { shut(): void } {
  let cancel = clock.timer(EVERY_MS, beat);
  let stopped = false;

  async function look(): Promise<void> {
    if (inbox.waiting === 0 || steps().length === 0) return;
    for (const { id, asked } of await inbox.list(MOST, "pending")) {
      const due = steps().flatMap(({ after, to }) => (clock.now() >= asked + after ? to : []));
      // One that fails must not keep the others waiting.
      if (due.length > 0) await inbox.escalate(id, [...new Set(due)]).catch(failed);
    }
  }
  function beat(): void {
    void look()
      .catch(failed)
      .then(() => {
        if (!stopped) cancel = clock.timer(EVERY_MS, beat);
      });
  }

  return {
    shut() {
      stopped = true;
      cancel();
    },
  };
}
