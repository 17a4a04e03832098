import { hash } from "node:crypto";
import { ask, type Decision, NEUTRAL, permit } from "../../core/decision.ts";
import type { Outcome, Passage } from "../../core/outcome.ts";
import type { ActionType, Request } from "../../core/request.ts";
import { faded, HALF_MS, type Histories, type State } from "../histories.ts";
import type { AttemptsConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What a session has tried: its score at a time, and what was counted and when it was last seen, because a conversation is sent again with every turn. */
export interface Attempts {
  score: number;
  at: number;
  readonly counted: Map<string, number>;
}

const REACHED = { id: "flow/attempts", text: "what was found in the session so far adds up to an attempt to turn the model" };
const FULL = { id: "flow/sessions", text: "there are more sessions than can be remembered" };
/** So many findings of a session are told apart; more are counted each time they are seen, which only makes it stricter. */
const MOST = 64;
/**
 * What was not seen for so long is a new attempt where it is seen again, and what it counted for then has faded.
 * ATTACK: whoever spends the known phrases one by one, slowly, would have them for nothing from then on, in the past that all users of a key share.
 */
const FORGOTTEN_MS = 4 * HALF_MS;

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
      const found = foundIn(inspection.passages, (at) => isOfOthers(request, at));
      const { principal, context } = request;
      const history = (found.size > 0 ? histories.of : histories.known)(principal, now, idle, context.conversation);
      if (history === undefined) return found.size > 0 ? full : NEUTRAL;
      if (found.size === 0 && !history.looked.some(hasTried) && !history.told.some(hasTried)) return NEUTRAL;
      for (const state of new Set([...history.looked, ...history.told]))
        count(state, history.told.includes(state) ? found : NOTHING, now, context.conversation);
      return history.looked.some(({ attempts }) => attempts !== undefined && attempts.score >= most) ? reached : NEUTRAL;
    },
    // Over MCP and at the decision API no request carries what a tool brought: the answer does.
    settle({ action, principal, context }, outcome, now) {
      const found = WORDS.has(action.type) ? foundIn(passagesOf(outcome), () => true) : NOTHING;
      if (found.size === 0) return;
      for (const state of histories.of(principal, now, idle, context.conversation)?.told ?? []) count(state, found, now, context.conversation);
    },
  };
}

const hasTried = ({ attempts }: State): boolean => attempts !== undefined;

/** A conversation that is recognised is sent again whole, however long it rested: nothing in it is new again. */
function count(state: State, found: ReadonlyMap<string, number>, now: number, conversation: string | undefined): void {
  const { attempts = { score: 0, at: now, counted: new Map<string, number>() } } = state;
  const { counted } = attempts;
  attempts.score = faded(attempts, now);
  attempts.at = now;
  if (conversation === undefined) for (const [mark, seen] of counted) if (now - seen >= FORGOTTEN_MS && found.size > 0) counted.delete(mark);
  for (const [mark, score] of found) {
    if (!counted.has(mark)) attempts.score += score;
    if (counted.has(mark) || counted.size < MOST) counted.set(mark, now);
  }
  if (counted.size > 0) state.attempts = attempts;
}
const NOTHING: ReadonlyMap<string, number> = new Map();

/** The operator's words are orders, definitions are pinned, and what the model wrote is no attempt of anybody's. */
const OTHERS = new Set(["user", "tool", "web", "document"]);

function isOfOthers({ content }: Request, at: string): boolean {
  const [, index] = /^content\/(\d+)(?:\/|$)/.exec(at) ?? [];
  return index !== undefined && OTHERS.has(content[Number(index)]?.source.kind ?? "");
}

/** Whose answers are words of others: not what a model wrote, nor what is said of tools. */
const WORDS: ReadonlySet<ActionType> = new Set(["tool.call", "resource.read", "net.connect", "file.read", "process.run"]);

const passagesOf = (outcome: Outcome): readonly Passage[] => (outcome.status === "done" ? outcome.verdict.passages : []);

/** What was found in what others said, each by a mark that says nothing of the text. */
function foundIn(passages: readonly Passage[], counts: (at: string) => boolean): ReadonlyMap<string, number> {
  if (!passages.some(({ findings }) => findings.length > 0)) return NOTHING;
  const found = new Map<string, number>();
  for (const { at, text, findings } of passages) {
    if (!findings.some(({ kind }) => kind === "injection") || !counts(at)) continue;
    for (const { kind, detector, start, end, score } of findings) {
      if (kind === "injection") found.set(hash("sha256", `${detector}\n${text.slice(start, end)}`, "base64").slice(0, 16), score);
    }
  }
  return found;
}
