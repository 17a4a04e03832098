/** Steps that a request does not name, because they belong to what it names. */
import type { Conversation } from "./conversation.ts";
import { fold } from "./fold.ts";
import type { Known } from "./objection.ts";
import { actOf, bareName, ordersFor, type ToolAct } from "./tool-act.ts";
import type { Deed } from "./vocabulary.ts";

/** A folder to save in, an attachment to read, a file to send: inside the house, and nothing is lost by it. */
export function prepares(act: ToolAct, { delegation }: Conversation): boolean {
  if (act.deeds.some((deed) => WEIGHTY.has(deed)) || act.things.includes("secret") || act.things.includes("access")) return false;
  return act.things.includes("file") && (act.deeds.includes("create") || act.deeds.includes("get")) && delegation.acts;
}
const WEIGHTY: ReadonlySet<Deed> = new Set(["delete", "change", "send", "pay", "grant", "run", "buy", "reserve", "switch"]);

/** Confirming what was asked for and has just been done. */
export function confirms(act: ToolAct, about: readonly Known[], { calls, delegation }: Conversation): boolean {
  if (!act.deeds.includes("confirm") || about.some(({ argument }) => argument.role === "target")) return false;
  return calls.some(({ tool }) => {
    const earlier = actOf(bareName(tool));
    return !earlier.deeds.includes("confirm") && earlier.things.some((thing) => act.things.includes(thing)) && ordersFor(earlier, delegation).length > 0;
  });
}

/**
 * A message to the user alone, who says who they are (`Hi, this is Alice!`): they read it as they read an answer.
 * INVARIANT: only that it may be sent is settled by this; links and addresses in it are looked at like any others.
 */
export function answers(act: ToolAct, about: readonly Known[], { request }: Conversation): boolean {
  const user = IS.exec(request)?.groups?.["who"];
  if (user === undefined || !act.deeds.includes("send") || act.things.join() !== "message") return false;
  const targets = about.filter(({ argument }) => argument.role === "target");
  return targets.length > 0 && targets.every(({ argument }) => fold(argument.value) === fold(user));
}
/** At the beginning, and nobody of theirs: `this is Alice's assistant` is not Alice. */
const IS =
  /^\s*(?:(?:hey|hi|hello|hallo|guten tag)[\s,!.]+)?(?:this is|i am|i['’]m|my name is|hier ist|hier spricht|ich bin|ich hei(?:ß|ss)e|mein name ist)\s+(?<who>(?-i:\p{Lu})\p{L}{2,40})(?=\s*(?:[.!?;:,]|$|\n))/iu;
