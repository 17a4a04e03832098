import { type Decision, deny, join, NEUTRAL, permit } from "../../core/index.ts";

/** Something that is asked about a text of an answer once all of it is there. */
export interface Question {
  /** True: nothing of the text leaves before this is answered, and a `deny` withholds it. Otherwise the text leaves as it comes and the answer is put on record. */
  readonly holds: boolean;
  /** NEUTRAL where there is nothing to say. What is thrown withholds a text that is held. */
  ask(text: string): Decision | Promise<Decision>;
}

/** One text as a whole. */
export interface Whole {
  /** What may leave now that this came. */
  push(text: string): string;
  /** What was held, or nothing where it must not leave. */
  end(): string | Promise<string>;
  /** What was said of it. */
  readonly decision: Decision;
}

/** The longest text, in UTF-16 code units, that is looked at as a whole. */
export const LONGEST_WHOLE = 256 * 1024;
/** What is said where nothing may follow from it: what would have. */
export const onRecord = (said: Decision): Decision =>
  said.effect === "permit" ? said : { ...said, effect: "permit", reasons: said.reasons.map((one) => ({ ...one, effect: "permit", would: one.effect })) };

const TOO_LONG = { id: "output/whole", text: `the answer was longer than what is judged as a whole (${LONGEST_WHOLE} characters)` };
const BROKEN = deny({ id: "output/whole", text: "what had to be asked about the whole answer could not be asked" });

/**
 * A text is judged at its end, so it is judged alike however it was cut. `ends` is called where it must not leave.
 * INVARIANT: an answer to a question is only ever joined to what is said already: the next one cannot loosen it.
 */
export function openWhole(questions: readonly Question[], ends: () => void): Whole {
  const holds = questions.some((one) => one.holds);
  let text = "";
  let [tooLong, over] = [false, false];

  const say = (question: Question, said: Decision): void => {
    // What does not hold the text cannot take it back any more: it says what it would have done.
    whole.decision = join(whole.decision, question.holds ? said : onRecord(said));
  };
  const finish = (): string => {
    over = true;
    if (whole.decision.effect === "permit") return holds ? text : "";
    ends();
    return "";
  };
  const asked = (question: Question): void | Promise<void> => {
    const broken = (): void => say(question, BROKEN);
    try {
      const said = question.ask(text);
      return said instanceof Promise ? said.then((one) => say(question, one), broken) : say(question, said);
    } catch {
      broken();
    }
  };

  const whole = {
    decision: NEUTRAL,
    push(more: string): string {
      if (over) return "";
      if (!tooLong && text.length + more.length > LONGEST_WHOLE) {
        tooLong = true;
        whole.decision = join(whole.decision, holds ? deny(TOO_LONG) : permit(TOO_LONG));
        if (holds) finish();
      }
      if (!tooLong) text += more;
      return holds ? "" : more;
    },
    end(): string | Promise<string> {
      if (over) return "";
      if (tooLong || text.trim() === "") return finish();
      // What answers at once goes first: where it withholds the text nobody else need be asked.
      const waiting: Promise<void>[] = [];
      for (const question of questions) {
        if (whole.decision.effect !== "permit") break;
        const wait = asked(question);
        if (wait !== undefined) waiting.push(wait);
      }
      return waiting.length === 0 ? finish() : Promise.all(waiting).then(finish);
    },
  };
  return whole;
}
