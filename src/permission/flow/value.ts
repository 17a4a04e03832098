/** What stands against one value of a call that changes or sends something. */

import type { Need } from "../policy-config.ts";
import { addressesIn, isAddress, isClosed, isUsersHost, namesKind, standsAlone } from "./address.ts";
import { roleOf } from "./argument-role.ts";
import type { Conversation } from "./conversation.ts";
import { namesIn, type Order } from "./delegation.ts";
import { followsLink } from "./fetch.ts";
import { wasFetched } from "./fetched.ts";
import { fold } from "./fold.ts";
import type { Facts } from "./judge.ts";
import type { Manifest } from "./manifest.ts";
import { against, type Known, type Objection } from "./objection.ts";
import { isAddressPointedAt, isBeside, isNamedThere, isPointedAt } from "./pointed.ts";
import { isTrusted, lastWord, type Provenance, provenanceOf } from "./provenance.ts";
import { isAddressOf, isCalled, isDistinct, isSelected } from "./selection.ts";
import { confirms, prepares } from "./steps.ts";
import { ordersFor, type ToolAct } from "./tool-act.ts";
import { leavesOwnAddress } from "./users-address.ts";
import { THINGS } from "./vocabulary.ts";
import { lookUpThing, type Word, wordsIn } from "./words.ts";

/** The call that the value belongs to. */
export interface Setting {
  readonly act: ToolAct;
  readonly facts: Facts;
  readonly manifest: Manifest | undefined;
  readonly conversation: Conversation;
  readonly about: readonly Known[];
  /** The orders of the request that ask for such an action. */
  readonly orders: readonly Order[];
  /** The request leaves open whom or what. */
  readonly open: boolean;
  /** It asks for more than one action of the kind. */
  readonly many: boolean;
  /** The target is the user's word. */
  readonly targetNamed: boolean;
}

export function objectionsToValue(known: Known, setting: Setting): readonly Objection[] {
  const { role } = known.argument;
  if (role === "when" || role === "option") return [];
  if (role === "content") return foreignAddresses(known, setting) ?? dictated(known, setting);
  if (role === "amount" && !setting.act.things.includes("money") && !["pay", "buy", "reserve"].some((deed) => setting.act.deeds.includes(deed as "pay")))
    return [];
  const { provenance } = known;
  if (isTrusted(provenance)) return [];
  switch (role) {
    case "target":
      return toTarget(known, setting);
    case "object":
      return toObject(known, setting);
    case "secret":
      return toSecret(known, setting);
    case "command":
      return provenance.from === "nowhere"
        ? [against("flow/composed-command", "ask", "a command was composed while untrusted content was in play", known)]
        : [against("flow/untrusted-command", "deny", "a command comes from untrusted content", known)];
    case "amount":
      return toAmount(known, setting);
  }
}

const NEEDS: { readonly [need in Need]: string } = {
  system: "the argument may be filled by nobody but Holdfast itself",
  operator: "the argument needs a value that the operator wrote",
  user: "the argument needs a value that the user wrote",
  internal: "the argument needs a value from inside the house",
  delegated: "the argument needs a value from what the user pointed at",
  untrusted: "the argument takes any value",
};

/** What stands against a value of which configuration says what it needs. */
export function objectionsToNeed(known: Known, manifest: Manifest | undefined, act: ToolAct, conversation: Conversation): readonly Objection[] {
  const need = manifest?.need(known.argument.path);
  if (need === undefined) return [];
  const open = ordersFor(act, conversation.delegation).some((order) => order.open);
  return meets(known, need, open, conversation) ? [] : [against("flow/needs", "ask", NEEDS[need], known)];
}

function meets({ argument, provenance }: Known, need: Need, open: boolean, conversation: Conversation): boolean {
  const { from } = provenance;
  const pointed =
    from === "field"
      ? open || provenance.item.named || selects(provenance, conversation)
      : from === "prose" && provenance.item.named && standsAlone(argument.value, provenance.item.text);
  switch (need) {
    case "untrusted":
      return true;
    case "delegated":
      return isTrusted(provenance) || pointed;
    case "internal":
      return isTrusted(provenance);
    case "user":
      return from === "user" || from === "operator";
    case "operator":
      return from === "operator";
    case "system":
      return false;
  }
}

const selects = (provenance: Provenance & { readonly from: "field" }, conversation: Conversation): boolean =>
  provenance.leaves.some((leaf) => isSelected(leaf, provenance.item, conversation));

/**
 * A field of a list may be whom or what it is for, where the request leaves that open or selects it. Not where the order names somebody
 * itself: then only what bears that name is meant, whatever else its record says.
 */
function mayBeChosen(
  provenance: Provenance & { readonly from: "field" },
  { argument }: Known,
  { conversation, orders, open, many, targetNamed }: Setting,
): boolean {
  const called = wordsIn(argument.value.split("@", 1)[0] ?? "").map(({ word }) => word);
  const addressed = targetNamed ? [] : orders.map(addresseesOf);
  if (addressed.length > 0 && addressed.every((those) => those.length > 0) && !addressed.flat().some((name) => isNameOf(name, called))) return false;
  const named = orders.some(({ sentence }) => !many && namesKind(argument.value, sentence));
  const bearsName = provenance.leaves.some((leaf) => isCalled(leaf, conversation));
  if (bearsName) return !named || !argument.value.includes("@") || orders.some(({ sentence }) => namesIn(wordsIn(sentence)).has(called[0] ?? ""));
  if (named) return false;
  // ATTACK: the user says in whose message it stands, and somebody else adds a record that fits.
  if (isOnlyBeside(provenance, conversation)) return false;
  return open || (!orders.some(namesWhom) && selects(provenance, conversation));
}

const isOnlyBeside = ({ item, leaves }: Provenance & { readonly from: "field" }, conversation: Conversation): boolean =>
  leaves.every((leaf) => isBeside(item, leaf, conversation));

const namesWhom = ({ sentence }: Order): boolean => namesIn(wordsIn(sentence)).size > 0 && /\b(?:to|for|an|f[uü]r)\s+\p{Lu}/u.test(sentence);

/** `tell Jonas and Eva Kern`, `sage Jonas Bescheid`: the names right behind the verb, where nobody is named otherwise. In German things have a capital too. */
function addresseesOf(order: Order): readonly (readonly string[])[] {
  if (namesWhom(order)) return [];
  const words = wordsIn(order.sentence);
  const names: string[][] = [[]];
  for (const one of words.slice(words.findIndex(({ word }) => word === order.word) + 1)) {
    if (AND.has(one.word)) names.push([]);
    else if (isAddressee(one)) names.at(-1)?.push(one.word);
    else break;
  }
  return names.filter((name) => name.length > 0);
}
const AND = new Set(["and", "or", "und", "oder"]);

/** `Nordic Power` is not called `nordic-refunds`; `Eva Kern` may be `eva`, and `Eva` may be `eva.kern`. */
const isNameOf = (name: readonly string[], called: readonly string[]): boolean =>
  name[0] === called[0] && (name.length === 1 || called.length === 1 || name[1] === called[1]);

const isAddressee = (one: Word): boolean =>
  isDistinct(one.word) && lookUpThing(THINGS, one.word) === undefined && namesIn([one]).size > 0 && !/['’]s$/.test(one.written);

function toTarget(known: Known, setting: Setting): readonly Objection[] {
  const { act, conversation, many } = setting;
  const { argument, provenance } = known;
  if (isUsersHost(argument.value, conversation)) return [];
  if (act.deeds.includes("get") && isAddress(argument.value) && followsLink(argument.value, provenance, conversation)) return [];
  if (act.deeds.includes("fill") && leavesOwnAddress(known, setting.about, conversation)) return [];
  if (provenance.from === "field" && mayBeChosen(provenance, known, setting)) return [];
  if (provenance.from === "prose" && isAddressOf(argument.value, provenance, conversation)) return [];
  if (isOfMessage(known, setting) || isColleague(known, setting)) return [];
  if (provenance.from !== "field" && !many && isClosed(argument.value, conversation))
    return [against("flow/other-target", "deny", "the request names whom it is for, and the call goes to somebody else", known)];
  const text =
    provenance.from === "nowhere" ? "the target stands nowhere in the request" : "the target comes from untrusted content, and the request does not name it";
  return [against("flow/untrusted-target", "ask", text, known)];
}

/**
 * Where the request leaves open whom, the message that it points at may say it.
 * ATTACK: a new account in the name of a known sender is the commonest fraud there is: money does not go where a message says.
 */
function isOfMessage({ argument, provenance }: Known, { act, open, about, conversation }: Setting): boolean {
  if (!open || act.things.includes("money") || act.deeds.includes("pay")) return false;
  return isPointedAt(argument.value, conversation) || ("item" in provenance && isAddressPointedAt(argument.value, provenance.item, about, conversation));
}

/**
 * Somebody of the house whom the message names that the user pointed at, where the request itself does not say whom it is for.
 * ATTACK: somebody of the house has what was meant for another one sent to himself.
 */
function isColleague({ argument: { path, value } }: Known, { manifest, orders, conversation }: Setting): boolean {
  if (manifest?.isOfHouse(path, value) !== true || isClosed(value, conversation) || !isNamedThere(value, conversation)) return false;
  return !orders.some((order) => namesWhom(order) || addresseesOf(order).length > 0);
}

function toObject(known: Known, setting: Setting): readonly Objection[] {
  const { argument, provenance } = known;
  const { act, conversation, open, targetNamed } = setting;
  if (KIND_OF_ATTACHMENT.test(argument.path)) return [];
  // Where a file decides what runs or who comes in, only the user's word is good enough.
  if (SENSITIVE.test(argument.value)) return [against("flow/sensitive-path", "ask", "the path is one that decides what runs or who may log in", known)];
  if (provenance.from === "field" && !isOnlyBeside(provenance, conversation) && (open || selects(provenance, conversation) || adds(setting))) return [];
  if (provenance.from === "nowhere" && creates(act)) return [];
  if (prepares(act, conversation) && !(provenance.from === "prose" && !provenance.item.named && argument.value.includes("/"))) return [];
  // What is attached goes to whom the user named.
  const sends = act.things.includes("message") && !act.deeds.includes("delete");
  if (sends && (targetNamed || (goesToChosen(setting) && wasFetched(argument.value, conversation)))) return [];
  if (provenance.from === "prose" && provenance.item.named && creates(act)) return [];
  return [against("flow/untrusted-object", "ask", "what is acted upon comes from untrusted content or was made up, and the request does not name it", known)];
}

/** `{ type: "file", file_path: … }`: of what kind it is says nothing of which one it is. */
const KIND_OF_ATTACHMENT = /(?:^|\/)attachments?\/(?:\d+\/)?type$/;

/** Everybody it goes to is somebody to whom it may go. */
function goesToChosen(setting: Setting): boolean {
  const targets = setting.about.filter(({ argument }) => argument.role === "target");
  return targets.length > 0 && targets.every((known) => isTrusted(known.provenance) || toTarget(known, setting).length === 0);
}
const SENSITIVE =
  /(?:^|[\\/])(?:\.ssh|\.aws|\.gnupg|\.kube|\.git|\.config|\.bash\w*|\.zsh\w*|\.profile|\.npmrc|\.env|cron\.\w+|crontab|authorized_keys|autostart|systemd|sudoers)(?:[\\/.]|$)|^\/(?:etc|usr|bin|sbin|lib|boot|root|system)\//i;

const creates = (act: ToolAct): boolean => act.deeds.includes("create") && !act.deeds.includes("delete");

/** Adding to what is there, with nobody else it goes to: nothing is lost by it. */
const adds = ({ act, facts, about }: Setting): boolean =>
  (!facts.egress || !about.some(({ argument }) => argument.role === "target")) && !act.deeds.includes("delete") && !act.deeds.includes("change");

/**
 * An amount that the request states is that amount. One that it leaves to be worked out (a difference, what remains) is the outcome of a sum, so it
 * stands nowhere as it is: where it does, whoever wrote that may have set it.
 */
function toAmount(known: Known, { act, orders }: Setting): readonly Objection[] {
  const { argument, provenance } = known;
  if (provenance.from === "prose" && !provenance.item.named)
    return [against("flow/untrusted-amount", "ask", "the amount comes from untrusted text that the request does not name", known)];
  const workedOut = orders.filter(({ sentence }) => WORKED_OUT.test(sentence));
  if (workedOut.length > 0 && workedOut.length === orders.length && isStated(provenance, act))
    return [against("flow/untrusted-amount", "ask", "the request leaves the amount to be worked out, and untrusted content states this one", known)];
  const stated = orders.some((order) => AMOUNT.test(order.sentence) && !workedOut.includes(order));
  if (stated) return [against("flow/other-amount", "ask", "the request states an amount, and the call has another one", known)];
  const several = COUNTS.test(argument.path) && Number(argument.value) !== 1;
  return several ? [against("flow/other-amount", "ask", "more than one is ordered, and the request does not say so", known)] : [];
}

/** Not by a field that numbers or dates something: that 4 is the id of an entry says nothing of money. */
function isStated(provenance: Provenance, act: ToolAct): boolean {
  if (provenance.from !== "field") return provenance.from === "prose";
  return provenance.leaves.some(({ field }) => !["object", "when"].includes(roleOf(field, act)));
}
const AMOUNT = /[$€£]\s?\d|\d\s?(?:[$€£]|%?\s?(?:usd|eur|chf|gbp|euros?|dollars?|pounds?|franken)\b)|\b\d+[.,]\d{2}\b/i;
const WORKED_OUT =
  /%|\b(?:difference|remaining|rest|balance|half|double|share|split|plus|minus|additional|percent|differenz|restbetrag|h[aä]lfte|anteil|prozent|zuz[uü]glich|abz[uü]glich)\b|\s\+\s/i;
const COUNTS = /(?:quantity|qty|count|number|anzahl|menge)$/i;

function toSecret(known: Known, { act, about, conversation, targetNamed }: Setting): readonly Objection[] {
  const { provenance } = known;
  if (!("item" in provenance)) return [against("flow/composed-secret", "ask", "a credential was made up", known)];
  // A credential from a file that the user named may go where the user pointed; a code may confirm what was asked for.
  if ((provenance.item.named && targetNamed) || confirms(act, about, conversation)) return [];
  return [against("flow/untrusted-secret", "deny", "a credential that the user did not give is set or sent", known)];
}

/** Addresses, links and accounts inside a text that goes out: those that only untrusted content holds would lead its reader there. */
function foreignAddresses(known: Known, { conversation }: Setting): readonly Objection[] | undefined {
  const found = addressesIn(known.argument.value);
  if (found === undefined) return [against("flow/foreign-address", "ask", "the text holds more addresses than can be looked at", { argument: known.argument })];
  for (const address of found) {
    const provenance = provenanceOf(address, conversation);
    if (isTrusted(provenance) || isUsersHost(address, conversation)) continue;
    if ("item" in provenance && provenance.item.named) continue;
    if (provenance.from === "field" && selects(provenance, conversation)) continue;
    return [
      against("flow/foreign-address", "ask", "the text holds an address or account that only untrusted content names", {
        argument: known.argument,
        provenance,
      }),
    ];
  }
  return found.size > 0 ? [] : undefined;
}

/** What a new thing is called was dictated, word for word, by text of which the request says nothing. */
function dictated(known: Known, { act, conversation }: Setting): readonly Objection[] {
  const { argument } = known;
  if (!creates(act) || act.things.includes("message") || act.things.includes("money")) return [];
  if (!NAMES.has(lastWord(argument.path.replace(/\/\d+$/, "").toLowerCase())) || fold(argument.value).length < 5 || known.provenance.from !== "prose")
    return [];
  if (wordsIn(argument.value).some(({ word }) => isDistinct(word) && conversation.delegation.words.has(word))) return [];
  return [against("flow/dictated", "ask", "untrusted content dictates what is made", known)];
}
const NAMES = new Set("title name subject label heading titel betreff".split(" "));
