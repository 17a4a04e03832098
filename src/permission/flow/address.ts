import type { Conversation } from "./conversation.ts";
import { fold } from "./fold.ts";

/** Without scheme, `www.` and the slash at the end: the same page. */
export function bareAddress(url: string): string {
  return url.replace(/^(?:https?:\/\/)?(?:www\.)?/, "").replace(/\/$/, "");
}

export function hostOf(url: string): string {
  return /^[^/?#\s]+/.exec(bareAddress(url))?.[0] ?? "";
}

/** A web address, with or without its scheme. */
export const isAddress = (value: string): boolean => /^(?:https?:\/\/|www\.)|^[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)/i.test(value) && !value.includes("@");

/**
 * A page of a host that the user named: that is what the user pointed at. Not an address that leads on to another one (an open redirect), nor
 * one that tells the host something which stands neither in the request nor on a page: that would be a message to whoever reads it there.
 */
export function isUsersHost(value: string, { trusted, untrusted }: Conversation): boolean {
  if (!isAddress(value)) return false;
  const folded = fold(value);
  const host = hostOf(folded);
  const rest = folded.slice(folded.indexOf(host) + host.length);
  if (leadsOn(value)) return false;
  const told = rest.includes("?") || rest.includes("#") || rest.includes("%") || rest.length > LONGEST_PATH;
  const linked = [...trusted, ...untrusted.filter(({ askedWith }) => askedWith.some((asked) => hostOf(asked) === host)).map(({ text }) => text)];
  if (told && !linked.some((text) => text.includes(bareAddress(folded)))) return false;
  return host.includes(".") && trusted.some((text) => [host, `www.${host}`, `//${host}`, `//www.${host}`].some((form) => standsHost(text, form)));
}

/** An address inside an address, or one that hides where it goes: an open redirect leads to whomever it names. */
export function leadsOn(value: string): boolean {
  const folded = fold(value);
  const host = hostOf(folded);
  return /:\/\/|%3a%2f|www\.|%2e|\.\.\//.test(folded.slice(folded.indexOf(host) + host.length));
}

/** A page on one of these hosts (`*.` stands for all below one), and not an address that leads on from there. Anything but a plain name is on none. */
export function isOnHost(value: string, hosts: readonly string[]): boolean {
  const host = hostOf(fold(value));
  if (!isAddress(value) || leadsOn(value) || !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host)) return false;
  return hosts.some((known) => (known.startsWith("*.") ? host.endsWith(known.slice(1)) : host === bareAddress(known)));
}

/** A mail address at one of these hosts, to the letter: one address and nothing beside it. */
export function isMailAt(value: string, hosts: readonly string[]): boolean {
  const host = /^[\w.+-]{1,64}@(?<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i.exec(value)?.groups?.["host"];
  return host !== undefined && isOnHost(host, hosts);
}

const LONGEST_PATH = 120;

/** A host may be followed by a path, and by the end of a sentence; not by more of a name. */
function standsHost(text: string, form: string): boolean {
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    const end = at + form.length;
    const before = text[at - 1] ?? " ";
    const goesOn = /[\p{L}\p{N}_-]/u.test(text[end] ?? " ") || /^[.@][\p{L}\p{N}]/u.test(text.slice(end, end + 2));
    if (!goesOn && !/[\p{L}\p{N}_.@-]/u.test(before)) return true;
  }
  return false;
}

/** A page that the agent has opened since the user spoke: that was decided then. */
export function wasVisited(value: string, { calls }: Conversation): boolean {
  if (!isAddress(value)) return false;
  const host = hostOf(fold(value));
  return calls.some(({ args }) => Object.values(args).some((given) => typeof given === "string" && isAddress(given) && hostOf(fold(given)) === host));
}

/** The user gave an address, account or link of this kind: then another one of the same kind was not left open. */
export function isClosed(value: string, { trusted, delegation }: Conversation): boolean {
  return !delegation.handedOn && trusted.some((text) => namesKind(value, text));
}

/** A text that holds an address, account or link of the same kind as the value. */
export function namesKind(value: string, text: string): boolean {
  const kind = KINDS.find((pattern) => pattern.test(value));
  return kind !== undefined && wordsOf(text).some((word) => kind.test(word));
}

/** Of an address, account or link: nothing else of its kind stands in the text, so nobody has put another one beside it. */
export function standsAlone(value: string, text: string): boolean {
  const kind = KINDS.find((pattern) => pattern.test(value));
  if (kind === undefined) return true;
  const alike = wordsOf(text).filter((word) => kind.test(word));
  return alike.every((word) => bareAddress(word) === bareAddress(fold(value)));
}

const wordsOf = (text: string): readonly string[] => text.split(/[\s,;()"'<>]+/).map((word) => word.replace(/(?<![.!?:])[.!?:]+$/, ""));
const KINDS = [/^[^@\s]+@[^@\s]+\.\w+$/, /^[a-z]{2}\d{2}[a-z0-9]{6,30}$/i, /^(?:https?:\/\/|www\.)\S+$/i];

/** Addresses, links and accounts that stand in a text; undefined if there are more than can be looked at. */
export function addressesIn(text: string): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  let words = 0;
  for (const [word] of text.matchAll(/[^\s<>"'(),;[\]{}|]+/g)) {
    const link = word.search(/https?:\/\/|www\./i);
    if (link >= 0) found.add(word.slice(link, link + LONGEST_LINK).replace(/[.:!?]{1,8}$/, ""));
    // A word of this length is no address that anybody reads; what is a link in it was found above.
    else if (word.length > LONGEST_WORD || !TELLING.test(word)) continue;
    else for (const [address] of word.matchAll(ADDRESSES)) found.add(address.replace(/[.:!?]{1,8}$/, ""));
    if (++words > MOST_TELLING || found.size > MOST_ADDRESSES) return undefined;
  }
  return found;
}

const MOST_ADDRESSES = 50;
const MOST_TELLING = 2_000;
const LONGEST_LINK = 2_000;
const LONGEST_WORD = 300;
/** What an address cannot be without. */
const TELLING = /@|\.(?:com|org|net|io|dev|app|info|biz|xyz|top|ru|cn|tk|de)\b|\b[A-Z]{2}\d{2}[A-Z0-9]{6}/i;
const ADDRESSES =
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|\b[A-Z]{2}\d{2}[A-Z0-9]{6,30}\b|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|org|net|io|dev|app|info|biz|xyz|top|ru|cn|tk|de)\b(?:\/\S*)?/gi;
