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

/** A host that the user named: its pages are what the user pointed at. */
export function isUsersHost(value: string, { trusted }: Conversation): boolean {
  if (!isAddress(value)) return false;
  const host = hostOf(fold(value));
  return host.includes(".") && trusted.some((text) => [host, `www.${host}`, `//${host}`, `//www.${host}`].some((form) => standsHost(text, form)));
}

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
  const kind = KINDS.find((pattern) => pattern.test(value));
  if (kind === undefined || delegation.handedOn) return false;
  return trusted.some((text) => text.split(/[\s,;()"'<>]+/).some((word) => kind.test(word.replace(/[.!?:]+$/, ""))));
}
const KINDS = [/^[^@\s]+@[^@\s]+\.\w+$/, /^[a-z]{2}\d{2}[a-z0-9]{6,30}$/i, /^(?:https?:\/\/|www\.)\S+$/i];

/** Addresses, links and accounts that stand in a text. */
export function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(ADDRESSES)].map(([address]) => address.replace(/[.,;:!?)\]]+$/, ""));
}
const ADDRESSES =
  /https?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|\b[A-Z]{2}\d{2}[A-Z0-9]{6,30}\b|\b[\w-]{1,63}(?:\.[\w-]{1,63})*\.(?:com|org|net|io|dev|app|info|biz|xyz|top|ru|cn|tk|de)\b(?:\/[^\s<>"']*)?/gi;
