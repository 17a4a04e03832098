import { type Decision, NEUTRAL } from "../../core/decision.ts";
import { atLeast, type Label } from "../../core/label.ts";
import type { ActionType, Request } from "../../core/request.ts";
import { decisionOf } from "../flow/objection.ts";
import type { Histories } from "../histories.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

/**
 * Whether whoever acts now may have read what a stranger wrote, also where the request does not hold it any more. ATTACK: a client drops the result
 * of a tool, tells it in the model's words or in a system prompt, sums up what was said, or says nothing of it at the decision API: what moved the
 * model moves it still. INVARIANT: once read in a conversation, it counts to its end. Which one it is says the surface that recognises it, else the
 * session that the caller declares; who declares none is one that has read what it tells.
 */
export interface Exposure extends Control {
  isExposed(request: Request, now: number): boolean;
}

/** `resultOf`: the label of what comes back; undefined where the agent does not get to read it. */
export function exposureControl(mode: Mode, histories: Histories, idle: number, resultOf: (request: Request) => Label | undefined): Exposure {
  const full: Decision = decisionOf([{ id: "flow/sessions", effect: "ask", text: "there are more sessions than can be remembered" }], mode);
  return {
    id: "exposure",
    check(request, { label }, now) {
      const { principal, context } = request;
      const result = isNamed(request) && READS.has(request.action.type) ? resultOf(request) : undefined;
      if (isTrusted(label)) return isTrusted(result) || histories.of(principal, now, idle, context.conversation) !== undefined ? NEUTRAL : full;
      const history = histories.of(principal, now, idle, context.conversation);
      // What nobody remembers could be left out of the next request.
      if (history === undefined) return full;
      history.exposed = true;
      return NEUTRAL;
    },
    done(request, now) {
      if (!isNamed(request) || !READS.has(request.action.type) || isTrusted(resultOf(request))) return;
      const history = histories.known(request.principal, now, idle, request.context.conversation);
      if (history !== undefined) history.exposed = true;
    },
    isExposed: ({ principal, context }, now) =>
      isNamed({ principal, context }) && histories.known(principal, now, idle, context.conversation)?.exposed === true,
  };
}

const isNamed = ({ principal, context }: Pick<Request, "principal" | "context">): boolean =>
  context.conversation !== undefined || principal.session !== undefined;
const isTrusted = (label: Label | undefined): boolean => label === undefined || atLeast(label, "internal");

/** What brings its agent words of others. Through a connection flows what nobody looks at; how far its agent may go says its list of hosts. */
const READS: ReadonlySet<ActionType> = new Set(["tool.call", "resource.read", "file.read", "process.run"]);
