import { type Approval, isAskedFor, mayAnswer, needsNow, type Person } from "../approval.ts";
import type { Channel, Sent } from "./channel.ts";
import { lineOf, missedIn, subjectOf, testIn, testSubject, type Wording, whyIn } from "./words.ts";

/** One mail, in plain text. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for the same message, however often it is sent. */
  readonly id: string;
}

export interface MailOptions {
  readonly to: string;
  readonly host: string;
  readonly wording: Wording;
  readonly isFor: (approval: Approval) => boolean;
  readonly post: (letter: Letter) => Promise<Sent>;
}

/** Questions by mail. Answers are not mailed: who wants to know looks at the console, and a mail that asks for nothing is one too many. */
export function mailChannel({ to, host, wording, isFor, post }: MailOptions): Channel {
  return {
    key: `mail ${to}`,
    host,
    reader: "person",
    answers: false,
    isFor,
    send: ({ id, news, missed, test }) =>
      post({
        to,
        id,
        subject: test === undefined ? subjectOf(news, wording) : testSubject(wording),
        text: `${[...testIn(test, wording), ...news.map((one) => lineOf(one, wording)), ...missedIn(missed, wording), whyIn(wording)].join("\n\n")}\n`,
      }),
  };
}

/** True where the person's answer could count: not for what was asked in their own name. */
export function concerns(approval: Approval, person: Person, roleHolders: (role: string) => readonly string[]): boolean {
  if (isAskedFor(approval, person)) return false;
  const needs = needsNow(approval);
  return needs.length === 0 || needs.some(({ approvers }) => mayAnswer(person.name, approvers, roleHolders));
}
