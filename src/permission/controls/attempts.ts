import { hash } from "node:crypto";
import { ask, type Decision, NEUTRAL, permit } from "../../core/decision.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import { faded, type Histories, type State } from "../histories.ts";
import type { AttemptsConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What a session has tried: its score at a time, and what was counted, because a conversation is sent again with every turn. */
export interface Attempts {
  score: number;
  at: number;
  readonly counted: Set<string>;
}

const REACHED = { id: "flow/attempts", text: "what was found in the session so far adds up to an attempt to turn the model" };
const FULL = { id: "flow/sessions", text: "there are more sessions than can be remembered" };
/** So many findings of a session are told apart; more are counted each time they are seen, which only makes it stricter. */
const MOST = 64;

/**
 * Attempts that go on over several turns, each a little further (crescendo): every new finding of kind `injection` in what people, tools and pages
 * said adds its score to the session's. From the configured sum on, everything that the session asks for needs a person, until it has faded.
 */
export function attemptsControl({ mode, score: most }: AttemptsConfig & { readonly mode: "monitor" | "enforce" }, histories: Histories, idle: number): Control {
  const asks = (reason: typeof REACHED): Decision => (mode === "enforce" ? ask(reason) : permit({ ...reason, would: "ask" }));
  const [reached, full] = [asks(REACHED), asks(FULL)];
  return {
    id: "attempts",
    check(request, inspection, now) {
      const found = foundIn(request, inspection);
      const { principal, context } = request;
      const history = (found.size > 0 ? histories.of : histories.known)(principal, now, idle, context.conversation);
      if (history === undefined) return found.size > 0 ? full : NEUTRAL;
      if (found.size === 0 && !history.looked.some(hasTried) && !history.told.some(hasTried)) return NEUTRAL;
      for (const state of new Set([...history.looked, ...history.told])) count(state, history.told.includes(state) ? found : NOTHING, now);
      return history.looked.some(({ attempts }) => attempts !== undefined && attempts.score >= most) ? reached : NEUTRAL;
    },
  };
}

const hasTried = ({ attempts }: State): boolean => attempts !== undefined;

function count(state: State, found: ReadonlyMap<string, number>, now: number): void {
  const { attempts = { score: 0, at: now, counted: new Set<string>() } } = state;
  attempts.score = faded(attempts, now);
  attempts.at = now;
  for (const [mark, score] of found) {
    if (attempts.counted.has(mark)) continue;
    attempts.score += score;
    if (attempts.counted.size < MOST) attempts.counted.add(mark);
  }
  if (attempts.counted.size > 0) state.attempts = attempts;
}
const NOTHING: ReadonlyMap<string, number> = new Map();

/** The operator's words are orders, definitions are pinned, and what the model wrote is no attempt of anybody's. */
const OTHERS = new Set(["user", "tool", "web", "document"]);

/** What was found in what others said, each by a mark that says nothing of the text. */
function foundIn({ content }: Request, { passages }: Inspection): ReadonlyMap<string, number> {
  if (passages.length === 0) return NOTHING;
  const found = new Map<string, number>();
  for (const { at, text, findings } of passages) {
    if (!findings.some(({ kind }) => kind === "injection")) continue;
    const [, index] = /^content\/(\d+)(?:\/|$)/.exec(at) ?? [];
    if (index === undefined || !OTHERS.has(content[Number(index)]?.source.kind ?? "")) continue;
    for (const { kind, detector, start, end, score } of findings) {
      if (kind === "injection") found.set(hash("sha256", `${detector}\n${text.slice(start, end)}`, "base64").slice(0, 16), score);
    }
  }
  return found;
}
