import type { Content } from "../../core/content.ts";
import { type Decision, NEUTRAL } from "../../core/decision.ts";
import { atLeast } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { type Configured, type Conversation, conversationOf } from "../flow/conversation.ts";
import type { HandedOn } from "../flow/handed-on.ts";
import { beyondIntent, type Described, isFree, objectionsTo } from "../flow/judge.ts";
import { decisionOf, type Objection } from "../flow/objection.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What is known of the tool or kind of action that a request is about. */
export type EffectOf = (request: Request) => (Described & { readonly id: string }) | undefined;

/**
 * Information flow: while untrusted content is in play, the model may be doing what that content says. So an action that changes something,
 * or through which something leaves, must be carried by the user's own words and by values that may be trusted. It does not ask what the
 * content means, and cannot be talked over. Where the surface cannot see what was read, every such action waits for a person: the floor.
 */
export function flowControl(mode: Mode, effectOf: EffectOf, configured?: Configured, handedOn?: HandedOn, intent: Mode | "off" = "off"): Control {
  const floor = decisionOf([FLOOR], mode);
  // The calls of one answer rest on one and the same list of what was read.
  const conversations = new WeakMap<readonly Content[], Conversation>();
  const conversationFor = (read: readonly Content[]): Conversation => {
    let found = conversations.get(read);
    if (found === undefined) conversations.set(read, (found = conversationOf(read, configured)));
    return found;
  };
  return {
    id: "flow",
    check(request, { label }, now) {
      const effect = effectOf(request);
      if (effect === undefined || isFree(effect)) return NEUTRAL;
      // Where no user was heard nothing can be delegated: said before the whole of what was read is looked at, which may be much.
      const heard = request.read?.some(({ source }) => source.kind === "user") === true;
      const said = atLeast(label, "internal")
        ? heard && intent !== "off"
          ? intended(request, effect, intent)
          : NEUTRAL
        : heard
          ? judged(request, effect)
          : floor;
      if (heard && said === NEUTRAL) handedOn?.give(effect.id, request, now);
      return said === floor && !heard && handedOn?.take(effect.id, request, now) === true ? NEUTRAL : said;
    },
  };

  /** Nothing untrusted is in play: nobody but the model can have thought of an action that the user's words do not ask for. */
  function intended({ read = [], action: { type, tool = type, args = {} } }: Request, effect: Described, checking: Mode): Decision {
    const objection = beyondIntent({ tool, args }, effect, conversationFor(read));
    return objection === undefined ? NEUTRAL : decisionOf([objection], checking);
  }

  function judged({ read = [], action }: Request, effect: Described): Decision {
    const conversation = conversationFor(read);
    // INVARIANT: the label says that something untrusted is in play. Where it is not found in what was read, nothing is known of any argument.
    if (!conversation.heard || !conversation.accounted) return floor;
    const { type, tool = type, args = {} } = action;
    const objections = objectionsTo({ tool, args }, effect, conversation);
    return objections.length === 0 ? NEUTRAL : decisionOf(objections, mode);
  }
}

const FLOOR: Objection = {
  id: "flow/untrusted-context",
  effect: "ask",
  text: "the action changes something or leaves the house, and untrusted content is in play",
};
