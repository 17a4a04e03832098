export type { Answered, Unanswered } from "./answers.ts";
export type { Approval, Need, Person, Receipt, State } from "./approval.ts";
export { digestOf } from "./bound.ts";
export { createInbox, type Inbox, type InboxOptions } from "./inbox.ts";
export { type Webhook, webhooks } from "./notify/webhook.ts";
export { readReceipt, type Seal, verifyReceipt } from "./receipt.ts";
export { type Documents, openShelf, type Shelf } from "./shelf.ts";
export { unattended } from "./unattended.ts";
