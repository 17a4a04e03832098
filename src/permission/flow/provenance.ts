import { bareAddress } from "./address.ts";
import type { Conversation, Item } from "./conversation.ts";
import { fold, isDisguised, standsIn } from "./fold.ts";
import type { Leaf } from "./structure.ts";

/** Where a value comes from. */
export type Provenance =
  /** The user, or the operator, wrote it. */
  | { readonly from: "user" }
  /** A source that configuration trusts inside the house. */
  | { readonly from: "internal" }
  /** It is the whole of one field of something untrusted. */
  | { readonly from: "field"; readonly item: Item /** All fields that it fills. */; readonly leaves: readonly Leaf[] }
  /** It stands somewhere in untrusted text. */
  | { readonly from: "prose"; readonly item: Item }
  /** Nowhere: the model composed it, from whatever it had read. */
  | { readonly from: "nowhere" };

/** The best place that a value stands at: what the user wrote is the user's, wherever else it may stand too. */
export function provenanceOf(value: string, conversation: Conversation): Provenance {
  const wanted = fold(value);
  if (wanted === "") return { from: "nowhere" };
  if (!isDisguised(value)) {
    if (conversation.trusted.some((text) => stands(text, wanted))) return { from: "user" };
    if (conversation.internal.some((text) => stands(text, wanted))) return { from: "internal" };
  }
  for (const item of conversation.untrusted) {
    const leaves = item.leaves?.filter((one) => same(one.text, wanted) && !FREE_TEXT.has(lastWord(one.field))) ?? [];
    if (leaves.length > 0) return { from: "field", item, leaves };
  }
  // Named sources first: where a value stands in several, the one that the user pointed at is the one that counts.
  const holding = conversation.untrusted.filter(({ text }) => stands(text, wanted));
  const item = holding.find(({ named }) => named) ?? holding[0];
  return item === undefined ? { from: "nowhere" } : { from: "prose", item };
}

const same = (a: string, b: string): boolean => a === b || (NUMBER.test(a) && NUMBER.test(b) && Number(a) === Number(b));

/** A value, or a number however it is written. */
function stands(text: string, value: string): boolean {
  if (standsIn(text, value)) return true;
  const address = bareAddress(value);
  if (address !== value && standsIn(text, address)) return true;
  return NUMBER.test(value) && numbersIn(text).has(Number(value));
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** The numbers of a text, in English (`1,200.50`) and German (`1.200,50`) writing. */
function numbersIn(text: string): ReadonlySet<number> {
  let known = numbers.get(text);
  if (known === undefined) {
    known = new Set();
    for (const [written] of text.matchAll(/(?<![\p{L}\p{N}_.,])\d[\d.,']*/gu)) {
      const plain = written.replace(/[.,']+$/, "");
      known.add(Number(plain.replace(/[,'](?=\d{3}\b)/g, "")));
      known.add(Number(plain.replace(/\.(?=\d{3}\b)/g, "").replace(",", ".")));
    }
    if (numbers.size > 256) numbers.clear();
    numbers.set(text, known);
  }
  return known;
}
const numbers = new Map<string, Set<number>>();

/** Fields in which people write what they like: a value that fills one of them stands in prose all the same. */
export const FREE_TEXT: ReadonlySet<string> = new Set(
  `body text content message description subject title summary comment comments note notes snippet caption bio about review reviews feedback answer reply question
  instructions details reason memo remark remarks nachricht betreff inhalt beschreibung titel kommentar notiz`.split(/\s+/),
);

export const lastWord = (field: string): string => /[a-z]+$/.exec(field)?.[0] ?? field;
