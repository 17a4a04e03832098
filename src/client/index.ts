/** `holdfast/client`: asks Holdfast before an agent acts, from within the agent's own process. Needs `fetch` and nothing else. */

export type { Intent } from "../core/intent.ts";
export type { Action, Decision, Inspection, Release } from "./answers.ts";
export type { CallbackHeaders } from "./bell.ts";
export { type ConnectOptions, connect, type Holdfast, type Left } from "./connect.ts";
export {
  Denied,
  Expired,
  Failed,
  GuardFault,
  NotKept,
  type Performed,
  Refused,
  Rejected,
  Unfinished,
  Unreachable,
  Unsettled,
  Withheld,
} from "./faults.ts";
export type { Content, GuardOptions, Perform, Performing, Principal, Request } from "./guard.ts";
export type { AsJson } from "./json.ts";
export type { Note, Store } from "./notes.ts";
export type { Tool, ToolOptions } from "./tool.ts";
export type { Inquiry, Pace, Waiting } from "./wait.ts";
