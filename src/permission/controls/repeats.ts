import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import { alike, type Print, printOf } from "../likeness.ts";
import type { DuplicatesConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What was done again and again, by agent and caller. It outlives a policy: a reload does not wind a loop back. */
export type Repeats = Map<string, Callers>;
type Callers = Map<string, Caller>;
export const createRepeats = (): Repeats => new Map();

/** What one caller did with one tool. */
interface Caller {
  /** By what they are as a whole, the one asked for longest ago first. */
  readonly all: Map<string, Seen>;
  /** The newest, with what others are compared by. */
  recent: readonly { readonly print: Print; readonly seen: Seen }[];
  /** When it was last heard of. */
  last: number;
}

interface Seen {
  readonly whole: string;
  count: number;
  /** When it was last asked for, whether it was done or refused. */
  last: number;
}

const MOST_CALLERS = 10_000;
/**
 * Different calls of one tool that are remembered; the one asked for longest ago goes first. Each is known again as it was; with the newest
 * of them a call is compared. ATTACK: with as few of both, 65 texts in turn would each be new.
 */
const [MOST_SEEN, MOST_COMPARED] = [1_000, 64];
/** Reads are asked for again by whoever waits for something: slower than this is waiting, not a loop. */
const READ_QUIET_MS = 60_000;

/**
 * Stops a loop: the same call, or one that differs in a number or a word of its text, made again and again (15,000 tickets in two hours). A
 * refused call counts as asked for, so a loop that goes on stays stopped until it was quiet for the whole window.
 */
export function repeatControl(
  agent: string,
  { writes, reads, within }: DuplicatesConfig,
  repeats: Repeats,
  effectOf: (request: Request) => "read" | "write" | undefined,
): Control {
  const callers: Callers = repeats.get(agent) ?? new Map();
  repeats.set(agent, callers);
  const [tooManyWrites, tooManyReads] = [refusal("write", writes, within), refusal("read", reads, READ_QUIET_MS)];
  // What `check` worked out for the request that `done` is told of next.
  let looked:
    | { readonly request: Request; readonly known: Caller; readonly found: Seen | undefined; readonly print: Print; readonly caller: string }
    | undefined;
  return {
    id: "loop",
    check(request, _inspection, now) {
      looked = undefined;
      const effect = effectOf(request);
      if (effect === undefined) return NEUTRAL;
      const quiet = effect === "write" ? within : READ_QUIET_MS;
      const { user = "" } = request.principal;
      const { tool = "", type } = request.action;
      // A call that a model proposes and the one then made over MCP are one action seen at two surfaces. A session is the client's word, and no part of it.
      const caller = [user, request.context.surface, type, tool, effect].join("\n");
      if (!callers.has(caller) && callers.size >= MOST_CALLERS && !forget(callers, now - within)) return FULL;
      const known = callers.get(caller) ?? { all: new Map(), recent: [], last: now };
      for (const one of known.all.values()) {
        if (now - one.last < quiet) break;
        known.all.delete(one.whole);
      }
      const print = printOf(request, effect);
      const found = known.all.get(print.whole) ?? known.recent.find(({ seen, print: other }) => now - seen.last < quiet && alike(other, print))?.seen;
      looked = { request, known, found, print, caller };
      if (found === undefined || found.count < (effect === "write" ? writes : reads)) return NEUTRAL;
      touch(known, found, now);
      return effect === "write" ? tooManyWrites : tooManyReads;
    },
    done(request, now, permitted) {
      // What waits for a person is asked for again until it is answered: that is how an agent waits.
      if (looked?.request !== request || !permitted) return;
      const { known, found, print, caller } = looked;
      const seen: Seen = found ?? { whole: print.whole, count: 0, last: now };
      seen.count++;
      touch(known, seen, now);
      for (const oldest of known.all.keys()) {
        if (known.all.size <= MOST_SEEN) break;
        known.all.delete(oldest);
      }
      if (known.recent.at(-1)?.seen !== seen) known.recent = [...known.recent.filter((one) => one.seen !== seen), { print, seen }].slice(-MOST_COMPARED);
      callers.set(caller, known);
    },
  };
}

function touch(caller: Caller, seen: Seen, now: number): void {
  caller.last = seen.last = now;
  caller.all.delete(seen.whole);
  caller.all.set(seen.whole, seen);
}

function refusal(what: "read" | "write", most: number, quiet: number): Decision {
  const text = `this ${what} was made ${most} times, alike but for numbers or single words; it is free again after ${Math.ceil(quiet / 60_000)} min without it`;
  return { effect: "deny", reasons: [{ id: "loop/duplicate", effect: "deny", text }], obligations: [] };
}

const FULL: Decision = {
  effect: "deny",
  reasons: [{ id: "loop/callers", effect: "deny", text: "more callers and tools are in use than repetitions can be counted for" }],
  obligations: [],
};

/** Drops the callers who have not been heard of since `before`; false where there are none. */
function forget(callers: Callers, before: number): boolean {
  const had = callers.size;
  for (const [caller, { last }] of callers) if (last <= before) callers.delete(caller);
  return callers.size < had;
}
