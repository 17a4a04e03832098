import { type Clock, type Decision, deny, NEUTRAL, type Request } from "../../core/index.ts";
import type { Question } from "../whole/whole.ts";
import { type Asked, answered, question, type Wanted } from "./asking.ts";

/**
 * A model that judges. Resolves with what it said, as it said it; anything else is a rejection. It may be called many times at once, must stop at
 * `signal`, and tries nothing twice. What it is given is what would leave: everything that was found in it is masked already.
 */
export type AskModel = (asked: Asked, signal: AbortSignal) => Promise<string>;

export interface JudgeOptions extends Wanted {
  readonly ask: AskModel;
  readonly action: "report" | "block";
  /** Milliseconds. */
  readonly deadline: number;
  /** What it may be asked: its own budget, so that answers cannot use up somebody else's. */
  readonly calls: { readonly count: number; readonly ms: number };
  /** What follows where it does not answer as it should: as if it had found something, or what the rules said. */
  readonly failing: "found" | "rules";
  readonly clock: Clock;
  /** A fresh sign that nobody can guess. */
  readonly nonce: () => string;
}

const ID = "output/judge";
/** The longest text, in UTF-16 code units, that is put before it. */
const LONGEST = 32 * 1024;
const MOST_AT_ONCE = 32;

/** Asks a model about whole answers. INVARIANT: all it can say is that something is wrong: that it finds nothing is no reason for anything. */
export function modelJudge(options: JudgeOptions): (request: Request) => Question | undefined {
  const { ask, action, deadline, calls, failing, clock, nonce } = options;
  let [began, asked, now] = [Number.NEGATIVE_INFINITY, 0, 0];

  const mayAsk = (): boolean => {
    const time = clock.monotonic();
    if (time - began >= calls.ms) [began, asked] = [time, 0];
    return now < MOST_AT_ONCE && asked++ < calls.count;
  };
  const failed = (why: string): Decision => {
    const reason = { id: `${ID}/failed`, text: `the model that judges answers ${why}` };
    return failing === "found" ? deny(reason) : { effect: "permit", reasons: [{ ...reason, effect: "permit" }], obligations: [] };
  };

  return ({ action: { type } }) => {
    if (type !== "model.call" && type !== "message.send") return undefined;
    return {
      holds: action === "block",
      async ask(text) {
        if (text.length > LONGEST) return failed("is not given texts as long as this");
        const sign = nonce();
        const put = question(text, options, sign);
        if (put === undefined) return failed("was not asked: the text holds its sign");
        if (!mayAsk()) return failed("has no calls left");
        now++;
        const aborting = new AbortController();
        const late = Symbol("late");
        let cancel = (): void => {};
        const deadlineOver = new Promise<typeof late>((resolve) => {
          cancel = clock.timer(deadline, () => resolve(late));
        });
        try {
          const said = await Promise.race([ask(put, aborting.signal), deadlineOver]);
          if (said === late) return failed("did not answer in time");
          const faults = answered(said, options, sign);
          if (faults === undefined) return failed("did not answer as it was asked to");
          return faults.length === 0 ? NEUTRAL : deny({ id: ID, text: `a model found ${faults.join(", ")} in the answer` });
        } catch {
          return failed("could not be asked");
        } finally {
          cancel();
          aborting.abort();
          now--;
        }
      },
    };
  };
}
