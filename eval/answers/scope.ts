/** Whether what an agent is not there for is told from what it is: the topics of an airline's desk, on its own conversations and on other texts. */
import { NEUTRAL, type Request } from "../../src/core/index.ts";
import { scopeOf } from "../../src/output/index.ts";
import { benignSets, rowsOf } from "../detect/data.ts";
import { percent, type Table } from "../detect/part.ts";

/** As the guide would have an operator write them; no text was looked at. */
const TOPICS = {
  travel: ["flight", "flug", "airport", "flughafen", "passenger", "passagier", "baggage", "gepäck", "cabin", "boarding", "airline"],
  booking: ["booking", "buchung", "reservation", "reservierung", "ticket", "refund", "erstattung"],
};
/** The set whose conversations are those of an airline's desk. */
const OWN = "taubench_messages";
const WORDS = 30;
// The question needs nothing of the request.
const asked = scopeOf({ action: "report", topics: TOPICS, words: WORDS })?.({} as Request);

export function scope(): Table {
  const rows = benignSets().map((set) => {
    const texts = rowsOf(`benign/${set}`).filter(({ text }) => text.split(/\s+/).length >= WORDS);
    const outside = texts.filter(({ text }) => asked?.ask(text) !== NEUTRAL).length;
    return [set, set === OWN ? "yes" : "no", texts.length, outside, percent(outside, texts.length)];
  });
  return {
    title: "Out of scope",
    columns: ["set", "in scope", "texts", "said to be out of scope", ""],
    rows,
    note: `Topics of an airline's desk, by the beginnings of ${Object.values(TOPICS).flat().length} words in English and German; texts of ${WORDS} words and more. What is said in few words may be about anything, and a text that names a topic in passing is in scope.`,
  };
}
