import { type Decision, NEUTRAL } from "../../core/decision.ts";
import { atLeast } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import type { Histories } from "../histories.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

const REASON = { id: "flow/rule-of-two", text: "the session has read untrusted content and sensitive data, and now changes something or sends something out" };
const ASK: Decision = { effect: "ask", reasons: [{ ...REASON, effect: "ask" }], obligations: [] };
const NOTE: Decision = { effect: "permit", reasons: [{ ...REASON, effect: "permit", would: "ask" }], obligations: [] };
const FULL: Decision = {
  effect: "ask",
  reasons: [{ id: "flow/sessions", effect: "ask", text: "there are more sessions than can be remembered" }],
  obligations: [],
};

/**
 * Of three things a session has at most two without a person: it reads what anybody may have written, it reads what is sensitive, it acts
 * (the "agents rule of two" that Meta proposed in 2025). It looks at the whole session, so that a client that leaves out what was read does not begin anew.
 */
export function ruleOfTwo(mode: Mode, histories: Histories, acts: (request: Request) => boolean): Control {
  return {
    id: "rule-of-two",
    check(request, { label }, now) {
      const [untrusted, sensitive] = [!atLeast(label, "internal"), label.categories.length > 0];
      const history = untrusted || sensitive ? histories.of(request.principal, now) : histories.known(request.principal, now);
      if (history === undefined) return (untrusted || sensitive) && mode === "enforce" && acts(request) ? FULL : NEUTRAL;
      history.untrusted ||= untrusted;
      history.sensitive ||= sensitive;
      if (!history.untrusted || !history.sensitive || !acts(request)) return NEUTRAL;
      return mode === "enforce" ? ASK : NOTE;
    },
  };
}
