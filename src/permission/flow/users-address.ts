/** Leaving one's own address at a page: to be sent something, or to be told. */
import { hostOf, isAddress, leadsOn, standsAlone } from "./address.ts";
import type { Conversation } from "./conversation.ts";
import { followsLink } from "./fetch.ts";
import { fold, standsIn } from "./fold.ts";
import type { Known } from "./objection.ts";
import { isLinkedBy } from "./pointed.ts";
import { wordsIn } from "./words.ts";

/**
 * A form on a page to which a message of an author leads whom the user named is told the user's own address and nothing else: who asked for what is
 * there wants to get it. A page may ask for anything, so what else is filled in counts: only the names of its own fields, one for each address.
 */
export function leavesOwnAddress(page: Known, about: readonly Known[], conversation: Conversation): boolean {
  const url = page.argument.value;
  if (!isAddress(url) || leadsOn(url) || !isOnPointedHost(page, conversation)) return false;
  const told = about.filter((known) => known !== page);
  const own = told.filter(({ argument: { value } }) => isOwnAddress(value, conversation));
  const fields = told.filter((known) => !own.includes(known));
  return (
    own.length > 0 &&
    fields.length <= own.length &&
    fields.every(({ argument: { role, value } }) => role === "content" && isSaidThere(value, url, conversation))
  );
}

/** The page itself, or one on its host to which it leads, as it stands there. */
function isOnPointedHost({ argument: { value }, provenance }: Known, conversation: Conversation): boolean {
  if (isLinkedBy(value, conversation)) return true;
  if (!followsLink(value, provenance, conversation)) return false;
  const visited = conversation.calls.flatMap(({ args }) => Object.values(args).flatMap((given) => (typeof given === "string" ? [given] : [])));
  return visited.some((one) => hostOf(fold(one)) === hostOf(fold(value)) && isLinkedBy(one, conversation));
}

/** A mail address that the user wrote, or the only one in the file of which the request says that the user's own address is in it. */
function isOwnAddress(value: string, { trusted, untrusted, request, search }: Conversation): boolean {
  if (!/^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}$/.test(value)) return false;
  const wanted = fold(value);
  const sentences = request.split(/(?<=[.!?])\s+/).filter((sentence) => wordsIn(sentence).some(({ word }) => MINE.has(word)));
  if (trusted.some((text) => standsIn(text, wanted, search)) && sentences.some((sentence) => standsIn(fold(sentence), wanted, search))) return true;
  return untrusted.some(
    ({ askedWith, leaves, text }) =>
      leaves === undefined &&
      askedWith.some((asked) => asked.includes("/") && !isAddress(asked) && sentences.some((sentence) => standsIn(fold(sentence), asked, search))) &&
      standsIn(text, wanted, search) &&
      standsAlone(value, text),
  );
}
const MINE = new Set(["my", "mine", "mein", "meine", "meinen", "meiner"]);

const isSaidThere = (value: string, url: string, { untrusted, search }: Conversation): boolean =>
  untrusted.some(({ askedWith, text }) => askedWith.some((asked) => hostOf(asked) === hostOf(fold(url))) && standsIn(text, fold(value), search));
