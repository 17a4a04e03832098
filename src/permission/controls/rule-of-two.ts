import { ask, type Decision, NEUTRAL, permit } from "../../core/decision.ts";
import { atLeast, type Label } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import type { Histories, History } from "../histories.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What is known of an action by its tool: whether it changes something or leaves the house, and what label comes back. */
export interface Part {
  readonly acts: boolean;
  readonly result: Label;
}

const THIRD = { id: "flow/rule-of-two", text: "the session has read untrusted content and sensitive data, and now changes something or sends something out" };
const FULL = { id: "flow/sessions", text: "there are more sessions than can be remembered" };

/**
 * Of three things a session has at most two without a person: it reads what anybody may have written, it reads what is sensitive, it acts
 * (the "agents rule of two" that Meta proposed in 2025). It looks at the whole session, and at what tools are known to answer, so that a client
 * that leaves out what was read does not begin anew. Reading after acting is free: nothing that was read can be in what was done before.
 */
export function ruleOfTwo(mode: Mode, histories: Histories, idle: number, part: (request: Request) => Part | undefined): Control {
  const asks = (reason: typeof THIRD): Decision => (mode === "enforce" ? ask(reason) : permit({ ...reason, would: "ask" }));
  const [third, full] = [asks(THIRD), asks(FULL)];
  return {
    id: "rule-of-two",
    check(request, { label }, now) {
      const about = part(request);
      const reads = isUntrusted(label) || isSensitive(label) || (about !== undefined && (isUntrusted(about.result) || isSensitive(about.result)));
      const history = (reads ? histories.of : histories.known)(request.principal, now, idle, request.context.conversation);
      // What nobody remembers could be left out of the next request.
      if (history === undefined) return reads ? full : NEUTRAL;
      note(history, label);
      return history.untrusted && history.sensitive && about?.acts === true ? third : NEUTRAL;
    },
    done(request, now) {
      const about = part(request);
      const history = about === undefined ? undefined : histories.known(request.principal, now, idle, request.context.conversation);
      if (about === undefined || history === undefined) return;
      note(history, about.result);
    },
  };
}

function note(history: History, label: Label): void {
  if (isUntrusted(label)) history.untrusted = true;
  if (isSensitive(label)) history.sensitive = true;
}

const isUntrusted = (label: Label): boolean => !atLeast(label, "internal");
const isSensitive = ({ categories }: Label): boolean => categories.length > 0;
