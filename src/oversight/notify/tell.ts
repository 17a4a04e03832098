import type { Approval, State } from "../approval.ts";
import type { Inbox } from "../inbox.ts";
import type { Channel, News } from "./channel.ts";
import { type DeliveryOptions, delivery } from "./deliver.ts";
import { isQuiet, type Quiet } from "./quiet.ts";

export interface TellingOptions extends DeliveryOptions {
  /** Of the newest configuration; asked each time. */
  readonly channels: () => readonly Channel[];
  readonly pace: () => Pace;
}

/** How often people are disturbed. */
export interface Pace {
  /** Milliseconds between two messages to the same people; what comes in between is told together. */
  readonly digest: number;
  readonly quiet?: Quiet;
  readonly zone: string;
}

const MOST = 1_000;
/** Enough for all that can wait, over every channel that there can be: what was forgotten would be told again. */
const MOST_TOLD = 100_000;
/** How often it is looked whether quiet hours are over: clocks are set, and days have 23 or 25 hours. */
const LOOK_MS = 60_000;

/** What waits to be told over one channel. */
interface Desk {
  readonly waiting: Map<string, Approval>;
  /** Monotonic: not before. */
  from: number;
  cancel?: () => void;
}

/**
 * Tells of every question and of every answer, once each. What waits at the start is told again: a restart loses no question. A question whose
 * time passes in quiet hours is denied like any other that nobody answers; that there was one is told when they are over.
 */
export function telling(inbox: Pick<Inbox, "follow" | "list" | "stateOf">, { channels, pace, clock, failed }: TellingOptions): { shut(): void } {
  const deliver = delivery({ clock, failed });
  const desks = new Map<string, Desk>();
  const told = new Set<string>();
  const tell = (approval: Approval): void => {
    const state = inbox.stateOf(approval);
    // Approving in part changes nothing that anybody has to know; how it was used is for the log.
    if (!TOLD.has(state)) return;
    for (const channel of channels()) if (channel.isFor(approval)) (channel.reader === "program" ? tellProgram : tellPeople)(channel, approval, state);
  };

  /** True the first time. */
  function isNews(key: string): boolean {
    if (told.has(key)) return false;
    const [oldest] = told.size < MOST_TOLD ? [] : told;
    if (oldest !== undefined) told.delete(oldest);
    told.add(key);
    return true;
  }

  function tellProgram(channel: Channel, approval: Approval, state: State): void {
    const id = idOf({ approval, state });
    if (isNews(`${channel.key} ${id}`)) deliver.send(channel, { id, news: [{ approval, state }], missed: 0 });
  }

  function tellPeople(channel: Channel, approval: Approval, state: State): void {
    const { id } = approval;
    const asked = told.has(`${channel.key} ${id}`);
    if (state === "pending" ? asked : !asked || !channel.answers) {
      // What was answered before anybody was told of it is nobody's concern.
      if (state !== "pending") desks.get(channel.key)?.waiting.delete(id);
      return;
    }
    const desk = desks.get(channel.key) ?? { waiting: new Map<string, Approval>(), from: 0 };
    desks.set(channel.key, desk);
    desk.waiting.set(id, approval);
    if (state === "pending" && isUrgent(approval, pace().quiet)) say(channel, desk, new Map([[id, approval]]));
    else later(channel, desk);
  }

  /** Now, or when people may be disturbed again. */
  function later(channel: Channel, desk: Desk): void {
    desk.cancel?.();
    delete desk.cancel;
    const { quiet, zone } = pace();
    const wait = quiet !== undefined && isQuiet(clock.now(), zone, quiet) ? LOOK_MS : desk.from - clock.monotonic();
    if (wait <= 0) say(channel, desk, new Map(desk.waiting));
    else desk.cancel = clock.timer(wait, () => later(channel, desk));
  }

  function say(channel: Channel, desk: Desk, what: ReadonlyMap<string, Approval>): void {
    const news: News[] = [];
    let missed = 0;
    for (const [id, approval] of what) {
      desk.waiting.delete(id);
      const state = inbox.stateOf(approval);
      const asked = told.has(`${channel.key} ${id}`);
      if (state === "pending" && isNews(`${channel.key} ${id}`)) news.push({ approval, state });
      else if (state === "expired" && !asked) missed++;
      else if (asked && TOLD.has(state)) news.push({ approval, state });
    }
    const [first] = news;
    if (first === undefined && missed === 0) return;
    desk.from = clock.monotonic() + pace().digest;
    const id = first !== undefined && news.length === 1 ? idOf(first) : `digest-${clock.now()}-${first?.approval.id ?? "none"}`;
    deliver.send(channel, { id, news, missed });
  }

  const stop = inbox.follow(tell);
  void inbox.list(MOST).then(
    (all) => void all.filter((approval) => inbox.stateOf(approval) === "pending").forEach(tell),
    () => {},
  );
  return {
    shut() {
      stop();
      deliver.shut();
      for (const { cancel } of desks.values()) cancel?.();
    },
  };
}

const TOLD: ReadonlySet<State> = new Set(["pending", "approved", "rejected"]);

function idOf({ approval: { id, escalated }, state }: News): string {
  return state === "pending" && escalated !== undefined ? `${id}-escalated-${escalated.length}` : `${id}-${state}`;
}

function isUrgent({ reasons }: Approval, quiet: Quiet | undefined): boolean {
  return quiet?.through.some((rule) => reasons.some(({ id }) => id === `rules/${rule}`)) === true;
}
