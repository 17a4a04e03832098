import { DEEDS, type Deed, HANDED_ON, IMPLIED, MANY, OPEN, STOP, THINGS, type Thing } from "./vocabulary.ts";
import { lookUp, lookUpThing, type Word, wordsIn } from "./words.ts";

/** One thing that the request asks to be done. */
export interface Order {
  readonly deeds: readonly Deed[];
  /** The word itself, for tools that are called by the same word. */
  readonly word: string;
  readonly things: readonly Thing[];
  /** All words of the clause, stemmed as written: for tools in whose domain no table has a word. */
  readonly words: readonly string[];
  /** Somebody or something that is not named: a list will show. */
  readonly open: boolean;
  /** More than one action. */
  readonly many: boolean;
  /** The sentence it stands in, for the values that it names itself. */
  readonly sentence: string;
}

/** What a user delegated, worked out from the words of the request alone, before anything else is read. */
export interface Delegation {
  readonly orders: readonly Order[];
  /** At least one of the orders is one whose word we know: the request asks for more than an answer. */
  readonly acts: boolean;
  /** The request hands decisions on to something that will be read. */
  readonly handedOn: boolean;
  /** Every word of the request. */
  readonly words: ReadonlySet<string>;
  /** Every kind of thing that it speaks of. */
  readonly things: readonly Thing[];
  /** It speaks of all of something. */
  readonly many: boolean;
  /** Names with a capital letter. */
  readonly names: ReadonlySet<string>;
}

/** A request longer than this is cut: what stands behind is not delegated. */
const LONGEST = 20_000;
/** Orders of one sentence: more is no sentence. */
const MOST_ORDERS = 40;

export function delegationOf(request: string): Delegation {
  const text = request.slice(0, LONGEST);
  const sentences = text.split(/(?<=[.!?;:])\s+|\n+|(?<=[.!?])(?=[A-ZÄÖÜ][a-zäöü])/);
  const orders: Order[] = [];
  let before: readonly Thing[] = [];
  for (const sentence of sentences) {
    // Addresses are no words: `send` in a URL is no order.
    const words = wordsIn(sentence.replace(ADDRESS, (address) => " ".repeat(address.length)));
    const starts = words.flatMap((word, at) => (isOrder(words, at, word) ? [at] : [])).slice(0, MOST_ORDERS);
    const indefinite = INDEFINITE.test(sentence);
    let carried = before;
    const lead = thingsIn(words.slice(0, starts[0] ?? words.length));
    if (lead.length > 0) carried = lead;
    for (const [index, start] of starts.entries()) {
      const clause = words.slice(start + 1, starts[index + 1] ?? words.length);
      const verb = words[start] as Word;
      const own = thingsIn(clause);
      const named = thingsOfAddresses(sentence, verb.start, words[starts[index + 1] ?? words.length]?.start ?? sentence.length);
      const things = [...new Set([...own, ...named, ...(lookUp(IMPLIED, verb.word) ?? [])])];
      const deeds = lookUp(DEEDS, verb.word) ?? [];
      orders.push({
        deeds,
        word: verb.word,
        things: own.length > 0 ? things : [...new Set([...things, ...carried])],
        words: clause.map(({ word }) => word),
        open: indefinite || words.slice(0, starts[index + 1]).some(({ word }) => OPEN.has(word)),
        many: words.slice(0, starts[index + 1]).some(({ word }) => MANY.has(word)),
        sentence,
      });
      if (own.length > 0) carried = own;
    }
    const all = thingsIn(words);
    if (all.length > 0) before = all;
  }
  const all = wordsIn(text.replace(LINK, " "));
  return {
    orders,
    acts: orders.some(({ deeds }) => deeds.length > 0),
    handedOn: HANDED_ON.test(text),
    words: new Set(all.map(({ word }) => word)),
    things: thingsIn(all),
    many: all.some(({ word }) => MANY.has(word)),
    names: namesIn(all),
  };
}

/** `a channel where …`, `ein Kanal`: which one, is left open. */
const INDEFINITE =
  /\b(?:an?|some|any|our|my|the|eine?|einen|einem|unser\w*|mein\w*|der|die|den)\s+(?:(?:new|right|relevant|organi[sz]er's|neue\w*)\s+)?(?:colleague|friend|landlord|organi[sz]er|sender|author|manager|someone|kolleg\w+|freund\w*|vermieter\w*|absender\w*)\b|\b(?:an?|some|any|eine?|einen|einem)\s+(?:\w+\s+)?(?:channel|group|user|person|member|contact|event|meeting|slot|hotel|restaurant|product|item|file|ticket|issue|kanal|gruppe|nutzer|person|mitglied|termin|datei)\b/i;

const LINK = /(?:https?:\/\/|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,64}/g;
const ADDRESS = /(?:https?:\/\/|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,64}|\/[\w./-]{2,200}|'[^'\n]{1,200}'|"[^"\n]{1,2000}"/g;

/** A verb that orders something: in its basic form, where a verb can stand, and not negated. */
function isOrder(words: readonly Word[], at: number, { word, written }: Word): boolean {
  if (lookUp(DEEDS, word) === undefined) return isUnknownOrder(words, at);
  const before = words[at - 1]?.word ?? "";
  // German nouns have a capital: `die Rechnung`, `Antworte` only at the beginning.
  if (at > 0 && /^\p{Lu}/u.test(written) && !STARTS.has(before)) return false;
  if (isThing(words, at)) return false;
  // `Tell me`: the answer itself is what is asked for.
  if (TOLD.has(word) && ME.has(words[at + 1]?.word ?? "")) return false;
  if (word.endsWith("s") && !word.endsWith("ss") && !DEEDS.has(word)) return false;
  return !words.slice(Math.max(0, at - 3), at).some((one) => NOT.has(one.word));
}

/** The word that a sentence begins with, where no table has it: `Recalibrate the spectrometer`. It covers tools that are called by it. */
function isUnknownOrder(words: readonly Word[], at: number): boolean {
  const word = words[at]?.word ?? "";
  return word.length > 3 && !POLITE.has(word) && !STOP.has(word) && words.slice(0, at).every((one) => POLITE.has(one.word));
}

/** A word with an article or a preposition not far before it names a thing: `the controversial tweet`, `by mail`. */
function isThing(words: readonly Word[], at: number): boolean {
  // `about sending her the file`: what is spoken of is still an action.
  if (NOUN_AFTER.has(words[at - 1]?.word ?? "") && !(words[at]?.word.endsWith("ing") && !ARTICLES.has(words[at - 1]?.word ?? ""))) return true;
  for (let back = at - 2; back >= Math.max(0, at - 3); back--) {
    const word = words[back]?.word ?? "";
    if (JOINS.has(word) || JOINS.has(words[back + 1]?.word ?? "")) return false;
    if (ARTICLES.has(word)) return true;
  }
  return false;
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
/** Behind these a word is a thing: `the email`, `by mail`, `his order`. */
const NOUN_AFTER = set(
  `the a an my your his her its our their this that these those any no some new last latest recent previous first next unread received sent of from by via with for per in on at into onto
  about as regular scheduled der die das den dem des ein eine einen einem einer eines mein meine meinen meiner dein deine sein seine ihr ihre unser unsere per von mit fuer im am zum zur aus ueber`,
);
const ARTICLES = set(
  "the a an my your his its our their this that these those der die das den dem des ein eine einen einem mein meine deine seine unser unsere",
);
const JOINS = set("and or then to please can could you i we also but und oder dann zu bitte kannst sie ich wir auch aber");
const TOLD = set("tell give show ask inform notify let remind sage gib zeig zeige");
const ME = set("me us mir uns");
const POLITE = set("please can could would will you kindly now then also i want need to bitte kannst koennen koenntest sie du mal hey hi hello hallo");
const STARTS = set("please bitte and und then dann to also ausserdem can could you kannst koennen sie");
const NOT = set("not don dont don't never without nicht nie kein keine ohne cannot can't didn't doesn't");

/** Words with a capital that are no verb: names, and in German things. */
export function namesIn(words: readonly Word[]): ReadonlySet<string> {
  return new Set(
    words
      .filter(({ written, word }) => /^\p{Lu}/u.test(written) && written.length > 1 && !STOP.has(word) && lookUp(DEEDS, word) === undefined)
      .map(({ word }) => word),
  );
}

function thingsIn(words: readonly Word[]): Thing[] {
  const found = new Set<Thing>();
  for (const { word, written } of words) {
    for (const thing of lookUpThing(THINGS, word) ?? []) found.add(thing);
    if (/^\p{Lu}\p{Ll}+$/u.test(written) && (lookUp(DEEDS, word) ?? lookUpThing(THINGS, word)) === undefined) found.add("person");
  }
  return [...found];
}

/** What addresses in a clause stand for. */
function thingsOfAddresses(sentence: string, from: number, to: number): Thing[] {
  const clause = sentence.slice(from, to);
  const found: Thing[] = [];
  if (/\S@[^\s@]+\.\w/.test(clause)) found.push("message", "person");
  if (/https?:\/\/|\bwww\.|(?<![\w-])[\w-]+\.(?:com|org|net|edu|de|io|eu)\b/i.test(clause)) found.push("page");
  if (/(?<![\w-])[\w-]+\.(?:txt|pdf|docx?|csv|xlsx?|md|json|ya?ml|png|jpe?g|py|ts|js|sh)\b|(?:^|\s)\/[\w.-]+\//i.test(clause)) found.push("file");
  if (/[$€£]\s?\d|\d\s?(?:[$€£]|USD|EUR)\b|\b[A-Z]{2}\d{2}[A-Z0-9]{8,30}\b/.test(clause)) found.push("money");
  return found;
}
