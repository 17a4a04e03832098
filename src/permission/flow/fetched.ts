/** Files that the agent itself has fetched: what is in them came from outside, and for this request. */
import { isAddress, isUsersHost } from "./address.ts";
import type { Conversation } from "./conversation.ts";
import { followsLink } from "./fetch.ts";
import { fold, standsIn } from "./fold.ts";
import { isTrusted, provenanceOf } from "./provenance.ts";
import { actOf, bareName } from "./tool-act.ts";

/**
 * The path is that of a file that was fetched since the user spoke, in the folder that the call named and under the name that its address ends with.
 * ATTACK: somebody has a file fetched that is called like one of the user's, so that the user's is sent. So the address must be one that may be opened (a
 * call that was refused is among the calls as well), and the result must say that the file has just this name: where one was there, it gets another.
 */
export function wasFetched(path: string, conversation: Conversation): boolean {
  const { folder, name } = /^(?<folder>.*)\/(?<name>[^/]+)$/.exec(fold(path))?.groups ?? {};
  if (folder === undefined || name === undefined) return false;
  return conversation.calls.some(({ tool, args }) => {
    const { deeds, things } = actOf(bareName(tool));
    if (!deeds.includes("get") || !things.includes("file")) return false;
    const given = Object.values(args).flatMap((value) => (typeof value === "string" ? [value] : []));
    const [address, ...others] = given.filter(isAddress);
    if (address === undefined || others.length > 0 || !fold(address).endsWith(`/${name}`)) return false;
    if (!given.some((value) => fold(value).replace(/\/$/, "") === folder)) return false;
    return mayBeOpened(address, conversation) && isSaid(name, fold(address), conversation);
  });
}

function mayBeOpened(address: string, conversation: Conversation): boolean {
  const provenance = provenanceOf(address, conversation);
  return isTrusted(provenance) || isUsersHost(address, conversation) || followsLink(address, provenance, conversation);
}

const isSaid = (name: string, address: string, { untrusted, search }: Conversation): boolean =>
  untrusted.some(({ askedWith, text }) => askedWith.includes(address) && standsIn(text, name, search) && !text.includes(`${name}(`));
