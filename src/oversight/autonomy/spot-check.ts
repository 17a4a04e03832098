import type { Clock } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import type { Approval } from "../approval.ts";
import type { Inbox } from "../inbox.ts";

export interface SpotCheckOptions {
  readonly inbox: Pick<Inbox, "concerns" | "follow" | "isEdit" | "list">;
  readonly now: Clock["now"];
  /** From the operating system's generator. */
  readonly random: (bytes: number) => Uint8Array;
  /** The one name of a tool, however it was written. */
  readonly toolName: (written: string) => string;
}

/** One write in five. */
const SHARE = 0.2;
const REASON = "autonomy/spot-check";
/** As many questions are looked through after a restart. */
const MOST = 2_000;

/**
 * The dice of spot checks: whether a person sees this write first. Each write that goes through is a throw of its own, so that nothing an agent
 * sees tells the next one. INVARIANT: a throw that hit stays. Until a person has let one such call through, every write with this tool is asked
 * about, so that asking again, or for nearly the same, throws no second time. So it is after a rejection; and what a person was asked about is theirs to decide.
 */
export async function openSpotChecks({ inbox, now, random, toolName }: SpotCheckOptions): Promise<(request: Request) => boolean> {
  /** Since when a person has to let one through, by agent and tool. */
  const owed = new Map<string, number>();
  const keyOf = (agent: string, { type, tool }: { readonly type: string; readonly tool?: string }): string =>
    `${agent}\n${type}\n${tool === undefined ? "" : toolName(tool)}`;
  const took = ({ bound, state, uses, answers, reasons, asked, control }: Approval): void => {
    // Nobody asked a planted question, so nothing is owed for it.
    if (control === true) return;
    const key = keyOf(bound.principal.agent, bound.action);
    const answered = answers.at(-1)?.at ?? 0;
    if (state === "rejected") owed.set(key, Math.max(answered, owed.get(key) ?? 0));
    else if (uses.length === 0 && reasons.some(({ id }) => id === REASON)) owed.set(key, owed.get(key) ?? asked);
    else if (uses.length > 0 && answered >= (owed.get(key) ?? Number.POSITIVE_INFINITY)) owed.delete(key);
  };
  // What was owed before a restart is owed after it.
  for (const approval of (await inbox.list(MOST)).toReversed()) took(approval);
  inbox.follow(took);
  return (request) => {
    // A reason that the approver did not see would take the approval away again.
    if (inbox.isEdit(request)) return false;
    const key = keyOf(request.principal.agent, request.action);
    if (owed.has(key) || inbox.concerns(request)) return true;
    const hit = Buffer.from(random(4)).readUInt32BE() < SHARE * 2 ** 32;
    if (hit) owed.set(key, now());
    return hit;
  };
}
