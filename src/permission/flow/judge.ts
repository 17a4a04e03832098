/**
 * May this call be made, although untrusted content was read before it? Assume the worst: the model does exactly what that content says. So
 * nothing here asks what the content means. It asks what the user's own words cover, and where each value of the call comes from.
 */
import type { Effect } from "../../core/decision.ts";
import type { ToolDefinition, ToolFacts } from "../defaults.ts";
import { type Argument, argumentsOf } from "./argument-role.ts";
import type { Call, Conversation, Item } from "./conversation.ts";
import { fold, isDisguised, standsIn } from "./fold.ts";
import { bareAddress, hostOf, lastWord, type Provenance, provenanceOf } from "./provenance.ts";
import type { Leaf } from "./structure.ts";
import { actOf, ordersFor, type ToolAct } from "./tool-act.ts";
import { DEEDS, OPEN, STOP, THINGS } from "./vocabulary.ts";
import { lookUp, wordsIn } from "./words.ts";

/** Why a call is not simply let through. */
export interface Objection {
  readonly id: `flow/${string}`;
  readonly effect: Exclude<Effect, "permit">;
  readonly text: string;
  /** Which value, and where it stands: `recipient`, `tool:files.read#3`. */
  readonly argument?: string;
  readonly origin?: string;
}

export type Facts = Pick<ToolFacts, "effect" | "egress">;

/** What stands against the call; nothing, where the user's words and trusted values carry all of it. */
export function objectionsTo(call: Call, facts: Facts, conversation: Conversation, definition?: ToolDefinition): readonly Objection[] {
  if (conversation.untrusted.length === 0) return [];
  if (facts.effect === "read" && !facts.egress) return [];
  const act = actOf(bareName(call.tool), definition);
  const args = argumentsOf(call.args, act);
  if (args === undefined) return [{ id: "flow/too-many-arguments", effect: "deny", text: "the call has more arguments than can be looked at" }];
  const about = args.map((argument) => ({ argument, provenance: provenanceOf(argument.value, conversation) }));
  const disguised = about.filter(({ argument }) => argument.role !== "content" && isDisguised(argument.value));
  if (disguised.length > 0)
    return disguised.map(({ argument }) => against("flow/disguised", "deny", "a value holds characters that make it look like another one", argument));
  return facts.effect === "read" || visits(act, args) ? fetching(about, conversation) : changing(call, act, facts, about, conversation);
}

/** Opening a page and no more: everything it is told is an address. */
const visits = (act: ToolAct, args: readonly Argument[]): boolean =>
  act.words.some((word) => VISITING.has(word)) && args.length > 0 && args.every(({ role, value }) => role === "target" && isAddress(value));
const VISITING = new Set("browse visit open navigate goto go fetch get read view load crawl scrape oeffne besuche".split(" "));

interface Known {
  readonly argument: Argument;
  readonly provenance: Provenance;
}

const bareName = (tool: string): string => tool.slice(tool.lastIndexOf(".") + 1);

function against(id: Objection["id"], effect: Objection["effect"], text: string, argument?: Argument, provenance?: Provenance): Objection {
  const origin = provenance !== undefined && "item" in provenance ? provenance.item.origin : undefined;
  return { id, effect, text, ...(argument === undefined ? {} : { argument: argument.path }), ...(origin === undefined ? {} : { origin }) };
}

/** Reading from outside: the address must not say anything, and must be one that the user pointed at. */
function fetching(about: readonly Known[], conversation: Conversation): readonly Objection[] {
  return about.flatMap(({ argument, provenance }): readonly Objection[] => {
    if (provenance.from === "user" || provenance.from === "internal") return [];
    if (argument.role !== "target") return [];
    if (isUsersHost(argument.value, conversation) || followsLink(argument.value, provenance, conversation)) return [];
    const text = "the address comes from untrusted content, and the request does not point there";
    // A page that leads to a third host is not what a request for this page, or for no page at all, left open.
    const document = (provenance.from === "prose" || provenance.from === "field") && provenance.item.leaves === undefined;
    const effect = document && !conversation.delegation.handedOn && !conversation.delegation.many ? "deny" : "ask";
    return [against("flow/untrusted-link", effect, text, argument, provenance)];
  });
}

/** A host that the user named: its pages are what the user pointed at. */
function isUsersHost(value: string, { trusted }: Conversation): boolean {
  const host = hostOf(fold(value));
  return host.includes(".") && trusted.some((text) => standsIn(text, host) || standsHost(text, host));
}

/** A page that the agent has opened since the user spoke: that was decided then. */
const wasVisited = (value: string, { calls }: Conversation): boolean =>
  calls.some(({ args }) => Object.values(args).some((given) => typeof given === "string" && isAddress(given) && hostOf(fold(given)) === hostOf(fold(value))));

const standsHost = (text: string, host: string): boolean => [`www.${host}`, `//${host}`, `//www.${host}`].some((form) => text.includes(form) && isHostEnd(text, form));
const isHostEnd = (text: string, form: string): boolean => !/[\p{L}\p{N}.-]/u.test(text[text.indexOf(form) + form.length] ?? " ") || /^\.(?:\s|$)/.test(text.slice(text.indexOf(form) + form.length));

/**
 * A link may be followed where it stands as it is, to the letter: on a page to another page of the same host, or in a message where the
 * request speaks of what is linked. It is fetched without anything added, so it can tell nobody more than that it was followed.
 */
function followsLink(value: string, provenance: Provenance, conversation: Conversation): boolean {
  if (provenance.from !== "field" && provenance.from !== "prose") return false;
  const { item } = provenance;
  const { delegation } = conversation;
  if (item.leaves !== undefined) {
    const forms = [fold(value), bareAddress(fold(value))];
    const holding = item.leaves.filter(({ text }) => forms.some((form) => standsIn(text, form)));
    const speaks = [...delegation.words].some((word) => LINKED.has(word));
    return (
      (speaks && delegation.many) ||
      holding.some((leaf) => (speaks && namesIn(leaf, item, conversation)) || describes(sentenceWith(leaf.text, forms), conversation))
    );
  }
  return item.askedWith.some((asked) => hostOf(asked).includes(".") && hostOf(asked) === hostOf(fold(value)));
}
const LINKED = new Set("link links article articles website websites site page pages url blog visit artikel webseite".split(" "));

/** The record holds the name of somebody whom the request names. */
function namesIn({ record }: Leaf, { leaves = [] }: Item, { delegation }: Conversation): boolean {
  return leaves.some((leaf) => leaf.record === record && wordsIn(leaf.text).some(({ word }) => word.length > 2 && delegation.names.has(word)));
}

/** The request describes this very sentence: at least two of its own words, and not just what is done or what kind of thing it is. */
function describes(sentence: string, { delegation }: Conversation): boolean {
  const own = new Set(wordsIn(sentence).map(({ word }) => word));
  const shared = [...own].filter((word) => isTelling(word) && delegation.words.has(word) && lookUp(DEEDS, word) === undefined && lookUp(THINGS, word) === undefined);
  return shared.length > 1;
}

function sentenceWith(text: string, forms: readonly string[]): string {
  return text.split(/(?<=[.!?])\s+/).find((sentence) => forms.some((form) => standsIn(sentence, form))) ?? "";
}

/** Something is changed or sent. */
function changing(call: Call, act: ToolAct, facts: Facts, about: readonly Known[], conversation: Conversation): readonly Objection[] {
  const { delegation } = conversation;
  const orders = ordersFor(act, delegation);
  const atUsersPage = about.some(({ argument }) => argument.role === "target" && isAddress(argument.value) && isUsersHost(argument.value, conversation));
  const visited = about.some(({ argument }) => argument.role === "target" && isAddress(argument.value) && wasVisited(argument.value, conversation));
  const filling = act.deeds.includes("fill") && (atUsersPage || visited);
  const covered = orders.length > 0 || filling || prepares(act, conversation) || confirms(act, about, conversation);
  const objections: Objection[] = [];
  if (!covered) {
    objections.push(against("flow/not-delegated", mayBeMeant(act, delegation) ? "ask" : "deny", "the request does not ask for an action of this kind"));
  }
  const targetNamed = about.some(({ argument, provenance }) => argument.role === "target" && provenance.from === "user") || atUsersPage;
  const open = orders.some((order) => order.open);
  for (const known of about) objections.push(...objectionsToValue(known, { act, facts, conversation, open, targetNamed, about }));
  objections.push(...beyondOrders(call, act, orders, about, conversation));
  return weighed(objections, conversation);
}

/** One thing that is unclear is for a person to judge. Where two things speak against a call, and the request left nothing open, it is denied. */
function weighed(objections: readonly Objection[], { delegation }: Conversation): readonly Objection[] {
  const ids = new Set(objections.map(({ id }) => id));
  return ids.size < 2 || delegation.handedOn ? objections : objections.map((one) => ({ ...one, effect: "deny" as const }));
}

/**
 * Could the user have meant it, in words that we do not know? Not where the request orders nothing at all, or speaks neither of such an action
 * nor of such a thing: then nobody need be asked.
 */
function mayBeMeant(act: ToolAct, { handedOn, orders, things }: Conversation["delegation"]): boolean {
  if (handedOn) return true;
  return orders.length > 0 && !act.things.includes("secret") && act.things.some((thing) => things.includes(thing));
}

interface Setting {
  readonly act: ToolAct;
  readonly facts: Facts;
  readonly conversation: Conversation;
  /** The request leaves open whom or what. */
  readonly open: boolean;
  /** The target is the user's word. */
  readonly targetNamed: boolean;
  readonly about: readonly Known[];
}

function objectionsToValue({ argument, provenance }: Known, setting: Setting): readonly Objection[] {
  const { facts, conversation, open, targetNamed } = setting;
  if (provenance.from === "user" || provenance.from === "internal") return [];
  switch (argument.role) {
    case "target": {
      if (isAddress(argument.value) && isUsersHost(argument.value, conversation)) return [];
      if (isAddress(argument.value) && !argument.value.includes("@") && setting.act.deeds.includes("get") && followsLink(argument.value, provenance, conversation)) return [];
      if (provenance.from === "field" && (open || provenance.leaves.some((leaf) => isSelected(leaf, provenance.item, conversation)))) return [];
      if (provenance.from === "prose" && isAddressOf(argument.value, provenance, conversation)) return [];
      if (provenance.from === "nowhere" && !facts.egress) return [];
      if (provenance.from !== "field" && !open && isClosed(argument.value, conversation)) {
        const text = "the request names whom it is for, and the call goes to somebody else, whom only untrusted content names";
        return [against("flow/other-target", "deny", text, argument, provenance)];
      }
      const text = provenance.from === "nowhere" ? "the target stands nowhere in the request" : "the target comes from untrusted content, and the request does not name it";
      return [against("flow/untrusted-target", "ask", text, argument, provenance)];
    }
    case "object": {
      if (provenance.from === "field" && (open || provenance.leaves.some((leaf) => isSelected(leaf, provenance.item, conversation)) || mildly(setting))) return [];
      if (provenance.from === "nowhere" && creates(setting.act)) return [];
      if (prepares(setting.act, conversation)) return [];
      // What is attached goes to whom the user named.
      if (targetNamed && setting.act.things.includes("message") && !setting.act.deeds.includes("delete")) return [];
      if (provenance.from === "prose" && provenance.item.named && creates(setting.act)) return [];
      return [against("flow/untrusted-object", "ask", "what is acted upon comes from untrusted content or was made up, and the request does not name it", argument, provenance)];
    }
    case "secret": {
      if (provenance.from !== "nowhere" && provenance.item.named && targetNamed) return [];
      if (provenance.from !== "nowhere" && confirms(setting.act, setting.about, conversation)) return [];
      if (provenance.from === "nowhere") return [against("flow/composed-secret", "ask", "a credential was made up", argument)];
      return [against("flow/untrusted-secret", "deny", "a credential that the user did not give is set or sent", argument, provenance)];
    }
    case "command":
      return [
        provenance.from === "nowhere"
          ? against("flow/composed-command", "ask", "a command was composed while untrusted content was in play", argument)
          : against("flow/untrusted-command", "deny", "a command comes from untrusted content", argument, provenance),
      ];
    case "content":
      return foreignAddresses(argument, conversation) ?? dictated({ argument, provenance }, setting);
    case "amount":
    case "when":
    case "option":
      return [];
  }
}

/** The user gave an address, account or link of this kind: then another one of the same kind is not left open. */
function isClosed(value: string, { trusted, delegation }: Conversation): boolean {
  const kind = KINDS.find((pattern) => pattern.test(value));
  return kind !== undefined && !delegation.handedOn && trusted.some((text) => text.split(/[\s,;()"'<>]+/).some((word) => kind.test(word.replace(/[.!?:]+$/, ""))));
}
const KINDS = [/^[^@\s]+@[^@\s]+\.\w+$/, /^[a-z]{2}\d{2}[a-z0-9]{6,30}$/i, /^(?:https?:\/\/|www\.)\S+$/i];

const isAddress = (value: string): boolean => /^(?:https?:\/\/|www\.)|^[\w-]+(?:\.[\w-]+)+(?:\/|$)/i.test(value);
const creates = (act: ToolAct): boolean => act.deeds.includes("create") && !act.deeds.includes("delete");
/** Inside the house, adding to what is there: nothing is lost and nobody outside learns of it. */
const mildly = ({ act, facts, about }: Setting): boolean =>
  (!facts.egress || !about.some(({ argument }) => argument.role === "target")) && !act.deeds.includes("delete") && !act.deeds.includes("change");

/**
 * The user's words select a value of a list: a name in the value itself, or a word or number in its record that tells this record from most
 * others. An attacker who writes a whole record can be selected by a word; so a target selected like this is one that the request left open.
 */
function isSelected(leaf: Leaf, item: Item, conversation: Conversation): boolean {
  const { delegation, trusted } = conversation;
  const own = wordsIn(leaf.text).map(({ word }) => word);
  if (own.some((word) => word.length > 2 && delegation.names.has(word) && leaf.text.startsWith(word))) return true;
  if (leaf.record === 0) return own.some((word) => isTelling(word) && delegation.words.has(word) && leaf.text.startsWith(word));
  if (tellingWords(leaf, item, conversation).size > 0) return true;
  const beside = (item.leaves ?? []).filter(({ record, path }) => record === leaf.record && path !== leaf.path);
  return beside.some(({ text }) => /^-?\d+\.\d+$/.test(text) && trusted.some((said) => holdsAmount(said, Number(text))));
}

/** The words of the request that stand in the record of a value, and in at most half of the others. */
function tellingWords({ record }: Leaf, { leaves = [] }: Item, { delegation }: Conversation): ReadonlySet<string> {
  const records = new Set(leaves.map((leaf) => leaf.record)).size;
  const found = new Set<string>();
  for (const { text } of leaves.filter((leaf) => leaf.record === record))
    for (const { word } of wordsIn(text.slice(0, 400))) {
      if (found.has(word) || !isTelling(word) || !delegation.words.has(word)) continue;
      const others = new Set(leaves.filter((leaf) => leaf.record !== record && standsIn(leaf.text, word)).map((leaf) => leaf.record)).size;
      if (others * 2 <= records) found.add(word);
    }
  return found;
}

const holdsAmount = (text: string, value: number): boolean => new RegExp(`(?<![\\d.,])${value.toFixed(2).replace(".", "[.,]")}(?![\\d])`).test(text);

/** A word that says which one: neither what is done nor a kind of thing, nor one of the words that every sentence has. */
const isTelling = (word: string): boolean => word.length > 2 && !STOP.has(word) && !OPEN.has(word);
/** The address of somebody whom the user named, on a page or in a file that the user named: `dora@…` for Dora. */
function isAddressOf(value: string, provenance: Provenance & { readonly from: "prose" }, { delegation }: Conversation): boolean {
  const local = /^([^@\s]+)@[^@\s]+$/.exec(fold(value))?.[1];
  if (local === undefined || !provenance.item.named) return false;
  return local.split(/[^\p{L}\p{N}]+/u).some((part) => part.length > 2 && delegation.names.has(part));
}

/** Addresses, links and accounts inside a text that goes out: those that only untrusted content holds would lead the reader there. */
function foreignAddresses(argument: Argument, conversation: Conversation): readonly Objection[] | undefined {
  const found = [...argument.value.matchAll(ADDRESSES)].map(([address]) => address.replace(/[.,;:!?)\]]+$/, ""));
  for (const address of found) {
    const provenance = provenanceOf(address, conversation);
    if (provenance.from === "user" || provenance.from === "internal") continue;
    if (isAddress(address) && isUsersHost(address, conversation)) continue;
    if (provenance.from === "field" && provenance.leaves.some((leaf) => isSelected(leaf, provenance.item, conversation))) continue;
    if ((provenance.from === "field" || provenance.from === "prose") && provenance.item.named) continue;
    return [against("flow/foreign-address", "ask", "the text holds an address or account that only untrusted content names", argument, provenance)];
  }
  return found.length > 0 ? [] : undefined;
}
const ADDRESSES = /https?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[A-Z]{2}\d{2}[A-Z0-9]{6,30}\b|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|app|info|biz|xyz|top|ru|cn|tk|de)\b(?:\/[^\s<>"']*)?/gi;

/** What a new thing is called or says was dictated, word for word, by text that the user did not point at. */
function dictated({ argument, provenance }: Known, { act, conversation }: Setting): readonly Objection[] {
  if (provenance.from !== "prose" || fold(argument.value).length < 5) return [];
  if (wordsIn(argument.value).some(({ word }) => isTelling(word) && conversation.delegation.words.has(word))) return [];
  if (!NAMES.has(lastWord(argument.path.replace(/\/\d+$/, "").toLowerCase())) || !creates(act) || act.things.includes("message") || act.things.includes("money")) return [];
  return [against("flow/dictated", "ask", "untrusted content dictates what is made", argument, provenance)];
}
const NAMES = new Set("title name subject label heading titel name betreff".split(" "));

/** Steps that belong to what was asked for: a folder to save in, an attachment to read, a draft. Inside the house, and nothing is lost by them. */
function prepares(act: ToolAct, { delegation }: Conversation): boolean {
  if (["delete", "change", "send", "pay", "grant", "run"].some((deed) => act.deeds.includes(deed as "send"))) return false;
  if (act.things.includes("secret") || act.things.includes("access")) return false;
  return act.things.includes("file") && (act.deeds.includes("create") || act.deeds.includes("get")) && delegation.orders.length > 0;
}

/** Confirming what was asked for and has just been done. */
function confirms(act: ToolAct, about: readonly Known[], { calls, delegation }: Conversation): boolean {
  if (!act.deeds.includes("confirm") || about.some(({ argument }) => argument.role === "target")) return false;
  return calls.some(({ tool }) => {
    const earlier = actOf(bareName(tool));
    return earlier.things.some((thing) => act.things.includes(thing)) && !earlier.deeds.includes("confirm") && ordersFor(earlier, delegation).length > 0;
  });
}

/** More actions of a kind than were asked for. Where each goes to another target that the user named, each was asked for. */
function beyondOrders(call: Call, act: ToolAct, orders: ReturnType<typeof ordersFor>, about: readonly Known[], { calls }: Conversation): readonly Objection[] {
  if (["get", "fill"].some((deed) => act.deeds.includes(deed as "get")) && !act.deeds.includes("pay")) return [];
  const earlier = calls.filter(({ tool }) => tool === call.tool).length;
  if (orders.length === 0 || orders.some(({ many }) => many) || earlier < orders.length) return [];
  const targets = about.filter(({ argument }) => argument.role === "target");
  const fresh = targets.some(({ argument, provenance }) => provenance.from === "user" && !calls.some((one) => one.tool === call.tool && holds(one.args, argument.value)));
  if (fresh) return [];
  return [against("flow/more-than-asked", "ask", "the request asks for fewer actions of this kind than were made")];
}

const holds = (value: unknown, wanted: string): boolean =>
  typeof value === "string" ? fold(value) === fold(wanted) : typeof value === "object" && value !== null && Object.values(value).some((item) => holds(item, wanted));

