import type { Chat } from "../core/decision.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import type { Approval } from "./approval.ts";

/** What fits into one message, beside the words around it: Slack takes 3,000 characters. */
const MOST_SHOWN = 2_400;

/**
 * Whether a question may be answered in a chat. INVARIANT: only where everything that asks says so under the policy in force, one person is
 * enough, and the whole of what would be done fits into the message: nobody approves what they do not see.
 */
export function isForChat(approval: Approval, chat: Chat, policy: string): boolean {
  const { control, reasons, needs, files, counted, before } = approval;
  return (
    control !== true &&
    approval.policy === policy &&
    reasons.length > 0 &&
    reasons.every(({ inChat = [] }) => inChat.includes(chat)) &&
    needs.every(({ count, approvers }) => count === 1 && (chat !== "elicitation" || approvers.length === 0)) &&
    files === undefined &&
    // How many records a dry run counted is not in the message either.
    counted === undefined &&
    before === undefined &&
    shownInChat(approval) !== undefined
  );
}

/**
 * All that would be done, in one line: what is not plain Latin is written out, so that nothing is hidden, turned round or a look-alike. Undefined
 * where it is too long to be shown whole.
 */
export function shownInChat({ bound: { action, resource, content } }: Approval): string | undefined {
  const target = resource === undefined || resource.id === action.tool ? {} : { target: resource };
  const rest = { ...target, ...(content.length === 0 ? {} : { content }) } as unknown as { readonly [name: string]: Json };
  const whole = `${action.tool ?? action.type} ${canonicalJson(action.args ?? {})}${Object.keys(rest).length === 0 ? "" : ` ${canonicalJson(rest)}`}`;
  if (whole.length > MOST_SHOWN) return undefined;
  const shown = whole.replace(/[^\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff\u20ac]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return shown.length > MOST_SHOWN ? undefined : shown;
}
