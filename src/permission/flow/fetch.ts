/** Reading from outside, with an address: the address is all that leaves. */
import { bareAddress, hostOf, isAddress, isUsersHost, leadsOn } from "./address.ts";
import type { Argument } from "./argument-role.ts";
import type { Conversation, Item } from "./conversation.ts";
import { fold, standsIn } from "./fold.ts";
import { against, type Known, type Objection } from "./objection.ts";
import { isBeside, isLinkedBy } from "./pointed.ts";
import { isTrusted, type Provenance } from "./provenance.ts";
import { describes, namesSomebody, sentenceWith } from "./selection.ts";
import type { Leaf } from "./structure.ts";
import type { ToolAct } from "./tool-act.ts";

/** Opening a page and no more: everything it is told is an address. */
export const visits = (act: ToolAct, args: readonly Argument[]): boolean =>
  VISITING.has(act.words[0] ?? "") && args.length > 0 && args.every(({ role, value }) => role === "target" && isAddress(value));
const VISITING = new Set("browse visit open navigate goto go fetch get read view load crawl scrape oeffne besuche".split(" "));

/** Records with one link that are looked at. */
const MOST_HOLDING = 8;

/** Reading from outside: the address must not say anything, and must be one that the user pointed at. */
export function fetching(about: readonly Known[], conversation: Conversation): readonly Objection[] {
  return about.flatMap((known): readonly Objection[] => {
    const { argument } = known;
    // An address leaves, whatever its argument is called.
    if (argument.role !== "target" && !isAddress(argument.value)) return [];
    const { provenance } = known;
    if (isTrusted(provenance)) return [];
    if (isUsersHost(argument.value, conversation) || followsLink(argument.value, provenance, conversation)) return [];
    const text = "the address comes from untrusted content, and the request does not point there";
    // A page that leads to a third host is not what a request for this page, or for no page at all, left open.
    const { handedOn, many, words } = conversation.delegation;
    const item = "item" in provenance ? provenance.item : undefined;
    const speaks = words.has("link") || words.has("links") || (item?.leaves !== undefined && [...words].some((word) => LINKED.has(word)));
    const forms = [fold(argument.value), bareAddress(fold(argument.value))];
    const holding = item?.leaves?.filter((leaf) => forms.some((form) => standsIn(leaf.text, form))).slice(0, MOST_HOLDING) ?? [];
    const pointed = item !== undefined && holding.some((leaf) => namesSomebody(leaf, item, conversation));
    const effect = item === undefined || speaks || pointed || handedOn || many || (item.named && item.leaves !== undefined) ? "ask" : "deny";
    return [against("flow/untrusted-link", effect, text, known)];
  });
}

/**
 * A link may be followed where it stands as it is, to the letter: on a page to another page of the same host, in a message where the
 * request speaks of what is linked, or in one of an author whom it names. It is fetched without anything added, so it can tell nobody more than
 * that it was followed.
 */
export function followsLink(value: string, provenance: Provenance, conversation: Conversation): boolean {
  if (leadsOn(value)) return false;
  if (isLinkedBy(value, conversation)) return true;
  if (provenance.from !== "field" && provenance.from !== "prose") return false;
  const { item } = provenance;
  const { delegation } = conversation;
  if (item.leaves !== undefined) {
    const forms = [fold(value), bareAddress(fold(value))];
    const holding = item.leaves.filter(({ text }) => forms.some((form) => standsIn(text, form))).slice(0, MOST_HOLDING);
    const speaks = [...delegation.words].some((word) => LINKED.has(word));
    return (
      (speaks && delegation.many) || holding.some((leaf) => (speaks && namesSomebody(leaf, item, conversation)) || isDescribed(leaf, item, forms, conversation))
    );
  }
  return item.askedWith.some((asked) => hostOf(asked).includes(".") && hostOf(asked) === hostOf(fold(value)));
}

/** ATTACK: the words of the request beside a link, in the message of somebody else than the one who is said to have written. */
const isDescribed = (leaf: Leaf, item: Item, forms: readonly string[], conversation: Conversation): boolean =>
  !isBeside(item, leaf, conversation) && describes(sentenceWith(leaf.text, forms), conversation);

const LINKED = new Set("link links article articles website websites site page pages url blog visit artikel webseite".split(" "));
