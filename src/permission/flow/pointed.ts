/**
 * What the user pointed at by its author: `the message from Bob`, `Lily emailed me`. Who wrote a record is said by a field of it, never by its text, so
 * no text can make itself Bob's. What stands in his message is what the user sent the agent to read there.
 */

import { bareAddress, isAddress, standsAlone } from "./address.ts";
import { AUTHOR, namesAuthor } from "./author.ts";
import type { Conversation, Item } from "./conversation.ts";
import { fold, type Search, standsIn } from "./fold.ts";
import type { Known } from "./objection.ts";
import type { Leaf } from "./structure.ts";
import { THINGS } from "./vocabulary.ts";
import { lookUpThing, wordsIn } from "./words.ts";

/** What one author whom the request names has written. */
interface Pointed {
  readonly texts: readonly string[];
  /** Where it stands. */
  readonly records: ReadonlyMap<Item, ReadonlySet<number>>;
  /** It is the one message of theirs that was read, and they are called just as the request says. */
  readonly only: boolean;
}

/** The value stands in the one message that the user pointed at. */
export const isPointedAt = (value: string, conversation: Conversation): boolean =>
  pointedAt(conversation).some(({ only, texts }) => only && stands(texts, fold(value), conversation.search));

/** The link stands in a message of an author whom the user named. Fetching it tells nobody more than that it was followed. */
export const isLinkedBy = (value: string, conversation: Conversation): boolean =>
  pointedAt(conversation).some(({ texts }) => isLinked(value, texts, conversation.search));

/**
 * The address of somebody whom such a message names, from the page that it links to: the only address there, it bears the name, and the call says
 * beside it that it is for whoever is called so.
 */
export function isAddressPointedAt(value: string, { text, askedWith }: Item, beside: readonly Known[], conversation: Conversation): boolean {
  const name = /^([^@\s]+)@[^@\s]+$/.exec(fold(value))?.[1];
  if (name === undefined || !standsAlone(value, text)) return false;
  if (!beside.some(({ argument }) => argument.role === "target" && fold(argument.value) === name)) return false;
  const { search } = conversation;
  return pointedAt(conversation).some(({ only, texts }) => only && stands(texts, name, search) && askedWith.some((asked) => isLinked(asked, texts, search)));
}

/** Whoever has this address is named in what an author has written whom the user named: `david.smith@…` where it says David Smith. */
export function isNamedThere(address: string, conversation: Conversation): boolean {
  const names =
    fold(address)
      .split("@", 1)[0]
      ?.split(/[^\p{L}\p{N}]+/u) ?? [];
  return pointedAt(conversation).some(({ texts }) => names.every((name) => stands(texts, name, conversation.search)));
}

const stands = (texts: readonly string[], value: string, search?: Search): boolean => texts.some((text) => standsIn(text, value, search));

/** As it stands there, or with or without what a browser adds by itself. */
function isLinked(value: string, texts: readonly string[], search?: Search): boolean {
  const bare = bareAddress(fold(value));
  return isAddress(value) && [fold(value), bare, `www.${bare}`].some((form) => stands(texts, form, search));
}

/** The request says who wrote what it is about, and this value stands in no record of theirs. */
export const isBeside = (item: Item, { record }: Leaf, conversation: Conversation): boolean => {
  const { authors, pointed } = pointing(conversation);
  return authors.length > 0 && !pointed.some(({ records }) => records.get(item)?.has(record));
};

const pointedAt = (conversation: Conversation): readonly Pointed[] => pointing(conversation).pointed;

interface Pointing {
  /** Whom the request names as having written what it is about. */
  readonly authors: readonly string[];
  readonly pointed: readonly Pointed[];
}

function pointing({ request, untrusted }: Conversation): Pointing {
  let found = known.get(untrusted);
  if (found === undefined) {
    const authors = authorsIn(request);
    found = { authors, pointed: authors.flatMap((author) => writtenBy(author, untrusted)) };
    known.set(untrusted, found);
  }
  return found;
}
const known = new WeakMap<readonly Item[], Pointing>();

function writtenBy(author: string, untrusted: readonly Item[]): readonly Pointed[] {
  const names = new Set<string>();
  const messages = new Map<string, readonly string[]>();
  const records = new Map<Item, ReadonlySet<number>>();
  for (const item of untrusted) {
    const { leaves = [] } = item;
    const signed = leaves.filter((leaf) => namesAuthor(leaf) && isOf(leaf.text, author));
    for (const { text } of signed) names.add(text);
    const theirs = new Set(signed.map(({ record }) => record));
    records.set(item, theirs);
    const others = leaves.filter((leaf) => theirs.has(leaf.record) && !AUTHOR.has(leaf.field));
    for (const message of Map.groupBy(others, ({ record }) => record).values()) {
      const texts = message.map(({ text }) => text);
      // A message that is read twice is one.
      messages.set(JSON.stringify(texts), texts);
    }
  }
  // ATTACK: somebody takes a name that begins as that of the one who is meant. Of two who it could be, it is neither.
  if (names.size !== 1) return [];
  return [{ texts: [...messages.values()].flat(), records, only: messages.size === 1 && names.has(author) }];
}

/** `bob` is Bob; `bob.olive@corp.example` may be. `bob mallory` is somebody else. */
const isOf = (text: string, author: string): boolean =>
  text === author || (/^[^\s@]+@[^\s@]+$/.test(text) && text.startsWith(author) && !/[\p{L}\p{N}]/u.test(text[author.length] ?? ""));

/** Whom the request names as having written what is to be read. */
function authorsIn(request: string): readonly string[] {
  const text = request.slice(0, LONGEST);
  const found = [FROM, SENT].flatMap((pattern) => [...text.matchAll(pattern)].map(({ groups }) => groups?.["who"] ?? ""));
  return [...new Set(found.filter(isName).map(fold))].slice(0, MOST_AUTHORS);
}
const LONGEST = 20_000;
const MOST_AUTHORS = 8;

/** In German things have a capital too. */
const isName = (who: string): boolean => who.length > 2 && wordsIn(who).every(({ word }) => lookUpThing(THINGS, word) === undefined);

const WHO = String.raw`(?<who>\p{Lu}\p{L}{1,40}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})(?![\p{L}\p{N}@-])`;
/** `the message from Bob`, `die Nachricht von Bob`. */
const FROM = new RegExp(String.raw`(?<!\p{L})(?:[Ee]-?[Mm]ail|[Mm]ail|message|note|letter|Nachricht|Brief)\s+(?:from|by|von)\s+${WHO}`, "gu");
/** `Alice sent me an email`, `Lily has emailed us`, `Lena hat mir eine Nachricht geschickt`; not `Bob sent me 50 dollars`. */
const SENT = new RegExp(
  String.raw`(?<![\p{L}\p{N}@.-])${WHO}\s+(?:(?:has\s+)?(?:written\s+to|wrote\s+to|e-?mailed|messaged|texted)\s+(?:me|us)|(?:schrieb|mailte)\s+(?:mir|uns)|(?:(?:has\s+)?sent\s+(?:me|us)|(?:hat|schickte)\s+(?:mir|uns))[^.!?\n]{0,40}?(?<!\p{L})(?:e-?mail|mail|message|note|letter|link|Nachricht|Mail|E-Mail|Brief|Link|geschrieben))(?!\p{L})`,
  "gu",
);
