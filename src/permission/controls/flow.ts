import { type Content, defaultLabel } from "../../core/content.ts";
import { type Decision, type Evidence, join, NEUTRAL, permit, type Reason } from "../../core/decision.ts";
import { atLeast } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { type Call, type Configured, type Conversation, conversationOf } from "../flow/conversation.ts";
import type { HandedOn } from "../flow/handed-on.ts";
import { beyondIntent, type Described, isFree, objectionsTo } from "../flow/judge.ts";
import { objectionsFrom } from "../flow/narrowing.ts";
import { against, decisionOf, evidenceOf, MOST_EVIDENCE, type Objection } from "../flow/objection.ts";
import type { RequestReader } from "../flow/request-reader.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What is known of the tool or kind of action that a request is about. */
export type EffectOf = (request: Request) => (Described & { readonly id: string }) | undefined;

/**
 * Information flow: while untrusted content is in play, the model may be doing what that content says. So an action that changes something,
 * or through which something leaves, must be carried by the user's own words and by values that may be trusted. It does not ask what the
 * content means, and cannot be talked over. Where the surface cannot see what was read, every such action waits for a person: the floor.
 */
export function flowControl(
  mode: Mode,
  effectOf: EffectOf,
  configured?: Configured,
  {
    handedOn,
    intent = "off",
    reader,
    isExposed = () => false,
  }: {
    readonly handedOn?: HandedOn | undefined;
    readonly intent?: Mode | "off";
    readonly reader?: RequestReader | undefined;
    readonly isExposed?: ((request: Request, now: number) => boolean) | undefined;
  } = {},
): Control {
  const floor = decisionOf([FLOOR], mode);
  // The calls of one answer rest on one and the same list of what was read.
  const [whole, lacking] = [new WeakMap<readonly Content[], Conversation>(), new WeakMap<readonly Content[], Conversation>()];
  const conversationFor = (read: readonly Content[], leftOut = false): Conversation => {
    const conversations = leftOut ? lacking : whole;
    let found = conversations.get(read);
    if (found === undefined) conversations.set(read, (found = conversationOf(leftOut ? [...read, LEFT_OUT] : read, configured)));
    return found;
  };
  return {
    id: "flow",
    ...(reader === undefined ? {} : { ready: (request: Request, now: number) => beRead(reader, request, now) }),
    check(request, { label }, now) {
      const effect = effectOf(request);
      if (effect === undefined || isFree(effect)) return NEUTRAL;
      // Where no user was heard nothing can be delegated: said before the whole of what was read is looked at, which may be much.
      const heard = isHeard(request);
      // What was read and does not stand here any more moves whoever read it all the same.
      const leftOut = atLeast(label, "internal") && isExposed(request, now);
      const said =
        atLeast(label, "internal") && !leftOut
          ? heard && intent !== "off"
            ? intended(request, effect, intent)
            : NEUTRAL
          : heard
            ? judged(request, effect, now, leftOut)
            : floor;
      if (heard && said.effect === "permit" && said.reasons.every(({ would }) => would === undefined)) handedOn?.give(effect.id, request, now);
      return said === floor && !heard && handedOn?.take(effect.id, request, now) === true ? NEUTRAL : said;
    },
  };

  /** Nothing untrusted is in play: nobody but the model can have thought of an action that the user's words do not ask for. */
  function intended({ read = [], action: { type, tool = type, args = {} } }: Request, effect: Described, checking: Mode): Decision {
    const objection = beyondIntent({ tool, args }, effect, conversationFor(read));
    return objection === undefined ? NEUTRAL : decisionOf([objection], checking);
  }

  function judged({ read = [], action }: Request, effect: Described, now: number, leftOut: boolean): Decision {
    const conversation = conversationFor(read, leftOut);
    // INVARIANT: the label says that something untrusted is in play. Where it is not found in what was read, nothing is known of any argument.
    if (!conversation.heard || !conversation.accounted) return floor;
    const { type, tool = type, args = {} } = action;
    const released: Evidence[] = [];
    const objections = objectionsTo({ tool, args }, effect, conversation, (argument, origin) => released.push(evidenceOf(argument, origin)));
    const objected = objections.length === 0 ? NEUTRAL : decisionOf(objections, mode);
    // Whoever asks later why a stranger's value was let through finds which one, and what it counted as before and after.
    const said = released.length === 0 ? objected : join(objected, { ...NEUTRAL, reasons: [{ ...DECLASSIFIED, evidence: released.slice(0, MOST_EVIDENCE) }] });
    return reader === undefined ? said : join(said, narrowed(reader, { tool, args }, effect, conversation, now));
  }

  /** What the model that reads requests adds, with a note of it where that is nothing. */
  function narrowed(reader: RequestReader, call: Call, effect: Described, conversation: Conversation, now: number): Decision {
    const reading = reader.reading(conversation.request, now) ?? { failed: "was not asked" };
    if ("failed" in reading) {
      const text = `the model that reads requests ${reading.failed}`;
      return reader.failing === "ask" ? decisionOf([against("flow/request-unread", "ask", text)], mode) : permit({ id: "flow/request-unread", text });
    }
    const objections = objectionsFrom(reading.narrowing, call, effect, conversation);
    return objections.length > 0
      ? decisionOf(objections, mode)
      : permit({ id: "flow/request-read", text: "the model that reads requests takes nothing away from this" });
  }

  /** Begun with the call of the model, whose answer takes longer; waited for where a call of a tool rests on it. */
  function beRead(reader: RequestReader, request: Request, now: number): undefined | Promise<void> {
    const asks = request.action.type === "model.call";
    const effect = asks ? undefined : effectOf(request);
    const read = asks ? request.content : effect === undefined || isFree(effect) ? [] : (request.read ?? []);
    if (!read.some(({ source }) => source.kind === "user")) return undefined;
    const conversation = conversationFor(read);
    if (!conversation.heard || !conversation.accounted) return undefined;
    const wait = reader.ready(conversation.request, now);
    return asks ? undefined : wait;
  }
}

/** Whether its surface knows what the user said, and so what was read. */
export const isHeard = ({ read }: Pick<Request, "read">): boolean => read?.some(({ source }) => source.kind === "user") === true;

/** Something of a stranger's, of which nothing is known any more. */
const LEFT_OUT: Content = { source: { kind: "document", id: "left-out" }, label: defaultLabel({ kind: "document", id: "left-out" }), text: "" };

const DECLASSIFIED: Reason = {
  id: "flow/declassified",
  effect: "permit",
  text: "a value that was `untrusted` counts as `internal`: the configuration bounds what it can say",
};

const FLOOR: Objection = {
  id: "flow/untrusted-context",
  effect: "ask",
  text: "the action changes something or leaves the house, and untrusted content is in play",
};
