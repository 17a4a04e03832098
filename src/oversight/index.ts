export type { Answered, Unanswered } from "./answers.ts";
export { type Answer, type Approval, controlOf, isAskedBy, type NamedFile, type Need, needsNow, type Person, type Receipt, type State } from "./approval.ts";
export { type Attention, type AttentionStore, openReviewers, type Reviewers } from "./attention.ts";
export { type Criterion, incidentIn, type Said, type Thresholds } from "./autonomy/evidence.ts";
export {
  type Kept,
  type Move,
  type Moved,
  openPhases,
  type PhaseOptions,
  type Phases,
  type Standing,
  type Step,
} from "./autonomy/phases.ts";
export { openSpotChecks } from "./autonomy/spot-check.ts";
export { partsOf, type Subject, withTool } from "./autonomy/subject.ts";
export { boundOf, digestOf } from "./bound.ts";
export { chatWords, confirmationIn, inquiryIn, refusalIn } from "./chat-words.ts";
export { spoiled } from "./control-question.ts";
export { type Escalation, escalations } from "./escalation.ts";
export { isForChat, shownInChat } from "./in-chat.ts";
export { createInbox, type Inbox, type InboxOptions } from "./inbox.ts";
export { inquiryOf } from "./inquiry.ts";
export type { Channel, Sent } from "./notify/channel.ts";
export { concerns, type Letter, mailChannel } from "./notify/mail.ts";
export { DAYS, type Quiet } from "./notify/quiet.ts";
export { slackChannel } from "./notify/slack.ts";
export { telling } from "./notify/tell.ts";
export { callbackChannel, type Webhook, webhookChannel } from "./notify/webhook.ts";
export { LANGUAGES, type Wording } from "./notify/words.ts";
export { type Risk, riskOf, shapeOf } from "./rank.ts";
export { countedForm, readReceipt, type Seal, verifyReceipt } from "./receipt.ts";
export { type Documents, openShelf, type Shelf } from "./shelf.ts";
export { unattended } from "./unattended.ts";
