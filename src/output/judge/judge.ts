import { type AskLimits, type AskModel, type Clock, type Decision, deny, NEUTRAL, type Request, withinLimits } from "../../core/index.ts";
import type { Question } from "../whole/whole.ts";
import { answered, question, type Wanted } from "./asking.ts";

export interface JudgeOptions extends Wanted, AskLimits {
  /** What it is given is what would leave: everything that was found in it is masked already. */
  readonly ask: AskModel;
  readonly action: "report" | "block";
  /** What follows where it does not answer as it should: as if it had found something, or what the rules said. */
  readonly failing: "found" | "rules";
  readonly clock: Clock;
  /** A fresh sign that nobody can guess. */
  readonly nonce: () => string;
}

const ID = "output/judge";
/** The longest text, in UTF-16 code units, that is put before it. */
const LONGEST = 32 * 1024;

/** Asks a model about whole answers. INVARIANT: all it can say is that something is wrong: that it finds nothing is no reason for anything. */
export function modelJudge(options: JudgeOptions): (request: Request) => Question | undefined {
  const { action, failing, nonce } = options;
  const put = withinLimits(options.ask, options, options.clock);
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
        const asked = question(text, options, sign);
        if (asked === undefined) return failed("was not asked: the text holds its sign");
        const said = await put(asked);
        if ("failed" in said) return failed(said.failed);
        const faults = answered(said.text, options, sign);
        if (faults === undefined) return failed("did not answer as it was asked to");
        return faults.length === 0 ? NEUTRAL : deny({ id: ID, text: `a model found ${faults.join(", ")} in the answer` });
      },
    };
  };
}
