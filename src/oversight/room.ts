import type { Clock } from "../core/layers.ts";
import type { Approval, State } from "./approval.ts";
import type { Bound } from "./bound.ts";
import type { InboxOptions } from "./inbox.ts";
import { lengthOf } from "./question.ts";
import type { Shelf } from "./shelf.ts";

/** Questions that may wait, of one agent and of all: a flood of them is how a reviewer is worn down. */
const MOST_EACH = 100;
const MOST_WAITING = 1_000;
/** And how long they may be together, in UTF-16 code units: each lies in memory whole. */
const MOST_LENGTH_EACH = 8 << 20;
const MOST_LENGTH = 32 << 20;
const DAY_MS = 86_400_000;

interface Parts extends Pick<InboxOptions, "times"> {
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly now: () => number;
  readonly state: (approval: Approval) => State;
  readonly isOver: (approval: Approval) => boolean;
  readonly pending: () => readonly Approval[];
  /** Told of each that memory lets go of. */
  readonly forgot: (id: string) => void;
}

/** How much may wait, and when what is over is forgotten. */
export interface Room {
  isFullFor(agent: string, bound: Bound): boolean;
  /** Lets memory go of what no request can meet any more, where there is much of it or it has lain there for a day. */
  tidy(): void;
}

export function createRoom({ shelf, clock, times, now, state, isOver, pending, forgot }: Parts): Room {
  let tidied = clock.monotonic();
  const isDone = (approval: Approval): boolean => isOver(approval) && state(approval) !== "used";
  const isMuch = (): boolean => shelf.all().length >= 2 * MOST_WAITING || together(shelf.all()) > 2 * MOST_LENGTH;
  const isADaySince = (): boolean => clock.monotonic() - tidied >= DAY_MS;
  const isKeptLongEnough = (approval: Approval): boolean => isDone(approval) && now() >= approval.asked + times().keep;
  return {
    isFullFor(agent, bound) {
      const waiting = pending();
      const own = waiting.filter(({ bound: { principal } }) => principal.agent === agent);
      const length = lengthOf(bound);
      return waiting.length >= MOST_WAITING || own.length >= MOST_EACH || together(waiting) + length > MOST_LENGTH || together(own) + length > MOST_LENGTH_EACH;
    },
    tidy() {
      const daily = isADaySince();
      if (!daily && !isMuch()) return;
      for (const { id } of shelf.unload(isDone)) forgot(id);
      if (!daily) return;
      tidied = clock.monotonic();
      // Nobody waits for it. What could not be removed is removed another day.
      void shelf.remove(isKeptLongEnough).catch(() => {});
    },
  };
}

const together = (all: readonly Approval[]): number => all.reduce((sum, { bound }) => sum + lengthOf(bound), 0);
