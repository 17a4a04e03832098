import type { Config } from "../../config/index.ts";
import { type Inbox, openPhases, openReviewers, type Phases, type Reviewers } from "../../oversight/index.ts";
import { graduated, phaseStore, startingPhase } from "../agents/autonomy.ts";
import { type ApprovalParts, openInbox } from "./approvals.ts";
import { attentionStore } from "./reviewers.ts";

export interface OversightParts extends Omit<ApprovalParts, "phases" | "reviewers"> {
  /** The newest configuration, also before anything was made of it. */
  readonly config: () => Config;
}

/** Everything about people that outlives a configuration: what they are asked, how they look, and what they let agents do unseen. */
export async function openOversight(parts: OversightParts): Promise<{ readonly inbox: Inbox; readonly phases: Phases; readonly reviewers: Reviewers }> {
  const { documents, clock, audit, config } = parts;
  const reviewers = await openReviewers(attentionStore(documents), () => {
    const { share, within, last } = config().oversight.attention;
    return { share, ms: within, last };
  });
  const phases = await openPhases({
    store: phaseStore(documents),
    clock,
    configured: (subject) => startingPhase(config(), subject),
    subjects: () => graduated(config()),
    thresholds: () => config().oversight.promotion,
    counts: (person) => reviewers.of(person).warning === undefined,
    record: (event, facts) => audit.system(event, facts),
  });
  return { inbox: await openInbox({ ...parts, phases, reviewers }), phases, reviewers };
}
