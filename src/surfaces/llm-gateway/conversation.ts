import type { Codec } from "../../codecs/codec.ts";
import type { Content } from "../../core/content.ts";
import type { Deliver } from "../../core/layers.ts";
import type { Principal } from "../../core/request.ts";
import { UPSTREAM_WORDS } from "../http/upstream-refusal.ts";
import type { Understood } from "./call.ts";

/** Who recognises conversations by what is said in them. */
export interface Conversations {
  /** So many of the contents are the conversation. */
  turn(principal: Principal, contents: readonly Content[], said: number): Turn;
}

/** The conversation that a request goes on. */
export interface Turn {
  readonly id: string;
  /** The contents, with what others wrote taken out of the user's words. */
  read(content: readonly Content[]): readonly Content[];
  /** Told how the client may send back what it got so far; what is returned is called when that is all. */
  answering(echoes: () => readonly (readonly Content[])[]): () => void;
}

/** Keeps what leaves as an answer, for the turn to come, and hands it on. What an upstream says of its refusal is no answer. */
export function heard(
  codec: Codec,
  { asked, turn, ourNames }: Pick<Understood, "asked" | "turn" | "ourNames">,
  deliver: Deliver,
): { deliver: Deliver; done: () => void } {
  if (turn === undefined) return { deliver, done() {} };
  const answer = codec.writeWhole(asked);
  const done = turn.answering(() => codec.echoes(answer.finish()).map(ourNames));
  return {
    done,
    deliver(part) {
      // Before it leaves: the client may send it back at once.
      if (!("channel" in part) || part.channel !== UPSTREAM_WORDS) answer.push(part);
      return deliver(part);
    },
  };
}
