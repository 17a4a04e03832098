/** Which of several things that were read did the user mean? Only the words of the request decide, and only strictly. */
import { addressesIn } from "./address.ts";
import type { Conversation, Item } from "./conversation.ts";
import { fold, standsIn } from "./fold.ts";
import type { Provenance } from "./provenance.ts";
import type { Leaf } from "./structure.ts";
import { DEEDS, OPEN, STOP, THINGS } from "./vocabulary.ts";
import { lookUp, wordsIn } from "./words.ts";

/**
 * The user's words select a value of a list: a name in the value itself, or a word or number in its record that tells this record from most
 * others. An attacker who writes a whole record can be selected by a word; so a target selected like this is one that the request left open.
 */
export function isSelected(leaf: Leaf, item: Item, conversation: Conversation): boolean {
  const { delegation, trusted } = conversation;
  const own = wordsIn(leaf.text.slice(0, 400)).map(({ word }) => word);
  if (own.some((word) => word.length > 2 && delegation.names.has(word) && leaf.text.startsWith(word))) return isCalled(leaf, conversation);
  if (leaf.record === 0) return own.some((word) => isTelling(word) && delegation.words.has(word) && leaf.text.startsWith(word));
  if (tellingWords(leaf, item, conversation).size > 0) return true;
  const beside = (item.leaves ?? []).filter(({ record, path }) => record === leaf.record && path !== leaf.path);
  return beside.some(({ text }) => /^-?\d+\.\d+$/.test(text) && trusted.some((said) => holdsAmount(said, Number(text))));
}

/** The value begins with a name of the request, and no other address that was read does. */
export function isCalled(leaf: Leaf, { delegation, untrusted }: Conversation): boolean {
  const name = wordsIn(leaf.text.slice(0, 400)).find(({ word }) => word.length > 2 && delegation.names.has(word) && leaf.text.startsWith(word))?.word;
  if (name === undefined) return false;
  // Two addresses that begin with the name: whoever wrote to be found by it must not be taken for the one who is meant.
  return !untrusted.some((one) => one.leaves?.some(({ text }) => text !== leaf.text && isRival(text, leaf.text, name)));
}

/** Words of a record that are looked for in all others. */
const MOST_WORDS = 12;

const isRival = (text: string, chosen: string, name: string): boolean =>
  text.startsWith(name) && text.includes("@") && chosen.includes("@") && !text.includes(" ");

/** The words of the request that stand in the record of a value, and in at most half of the others. */
function tellingWords({ record }: Leaf, { leaves = [] }: Item, { delegation }: Conversation): ReadonlySet<string> {
  const records = new Set(leaves.map((leaf) => leaf.record)).size;
  const [found, seen] = [new Set<string>(), new Set<string>()];
  for (const { text } of leaves.filter((leaf) => leaf.record === record))
    for (const { word } of wordsIn(text.slice(0, 400))) {
      if (seen.has(word) || seen.size >= MOST_WORDS || !isTelling(word) || !delegation.words.has(word)) continue;
      seen.add(word);
      const others = new Set(leaves.filter((leaf) => leaf.record !== record && standsIn(leaf.text, word)).map((leaf) => leaf.record)).size;
      if (others * 2 <= records) found.add(word);
    }
  return found;
}

const holdsAmount = (text: string, value: number): boolean => new RegExp(`(?<![\\d.,])${value.toFixed(2).replace(".", "[.,]")}(?![\\d])`).test(text);

/** A word that may say which one: not one that every sentence has. */
export const isTelling = (word: string): boolean => word.length > 2 && !STOP.has(word) && !OPEN.has(word);
/** The address of somebody whom the user named, on a page or in a file that the user named: `dora@…` for Dora. */
export function isAddressOf(value: string, { item }: Provenance & { readonly from: "prose" }, { delegation }: Conversation): boolean {
  if (!item.named) return false;
  const names = namesOf(fold(value)).filter((name) => name.length > 2 && delegation.names.has(name));
  // ATTACK: beside the address of the one who is meant somebody writes one of the same name. Of two, neither is known to be it.
  const rival = (other: string): boolean => other !== fold(value) && namesOf(other).some((name) => names.includes(name));
  return names.length > 0 && ![...(addressesIn(item.text) ?? [])].some(rival);
}

/** `dora.king@corp.example` → dora, king; none for what is no address. */
const namesOf = (address: string): readonly string[] => /^([^@\s]+)@[^@\s]+$/.exec(address)?.[1]?.split(/[^\p{L}\p{N}]+/u) ?? [];

/** The record holds the name of somebody whom the request names. */
export function namesSomebody({ record }: Leaf, { leaves = [] }: Item, { delegation }: Conversation): boolean {
  return leaves.some((leaf) => leaf.record === record && wordsIn(leaf.text.slice(0, 2_000)).some(({ word }) => word.length > 2 && delegation.names.has(word)));
}

/** The request describes this very sentence: at least two of its own words, and not just what is done or what kind of thing it is. */
export function describes(sentence: string, { delegation }: Conversation): boolean {
  const own = new Set(wordsIn(sentence).map(({ word }) => word));
  return [...own].filter((word) => isDistinct(word) && delegation.words.has(word)).length > 1;
}

/** A telling word that is neither what is done nor a kind of thing. */
export const isDistinct = (word: string): boolean => isTelling(word) && lookUp(DEEDS, word) === undefined && lookUp(THINGS, word) === undefined;

export function sentenceWith(text: string, forms: readonly string[]): string {
  return text.split(/(?<=[.!?])\s+/).find((sentence) => forms.some((form) => standsIn(sentence, form))) ?? "";
}
