/** How an answer tells its reader to do something, or not to: what advice of every kind has in common. */
import { one } from "../words.ts";

/** "you should", "you don't have to", "I would", "we recommend that you" */
export const youShould = one(
  "you (?:should|can|could|may|must|ought to|need to|have to|(?:would|had|['’]d) (?:be )?better(?: off)?|would)(?:n['’]t)?",
  "you (?:don['’]?t|do not|no longer) (?:have to|need to|need)",
  "you['’]d",
  "(?:i|we)(?:['’]d| would)",
  "(?:i|we) (?:strongly )?(?:recommend|suggest|advise)",
  "your best (?:option|bet|choice) is",
  "my (?:advice|tip|recommendation)(?: for you| to you)? is",
);

/** "Sie sollten", "können Sie", "musst du nicht", "ich würde", "ich empfehle Ihnen" */
export const sieSollten = one(
  "(?:sie|du) (?:sollten|k(?:ö|oe)nnen|m(?:ü|ue)ssen|d(?:ü|ue)rfen|brauchen|solltest|kannst|musst|darfst|brauchst)",
  "(?:sollten|k(?:ö|oe)nnen|m(?:ü|ue)ssen|d(?:ü|ue)rfen|brauchen|solltest|kannst|musst|darfst|brauchst) (?:sie|du)",
  "(?:ich|wir) (?:w(?:ü|ue)rden?|rate|raten|empfehle|empfehlen)",
  "w(?:ü|ue)rde ich",
);

/** A clause that sends its reader to somebody who may advise is the opposite of advice. Stands behind what began the clause: few places get there. */
export function unlessTo(...people: readonly string[]): string {
  const person = people.join("|");
  return `(?![^.!?;\\n]{0,160}(?:${person}))(?<!(?:${person})[^.!?;\\n]{0,26})`;
}
