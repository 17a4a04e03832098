import type { Finding } from "./detector.ts";
import type { Passage } from "./outcome.ts";
import type { Principal, Request } from "./request.ts";

/** Stand-ins for the values of one session on their way to a model's provider. */
export interface Veil {
  /** Where values of this session stand in a text, whatever stands around them. Sorted and disjoint. */
  find(text: string): Finding[];
  /** INVARIANT: no value of this session stands in what it gives. */
  hide(text: string): string;
  /** The values, as `write` writes them, in place of their stand-ins; of a value that is only masked nothing comes back. */
  show(text: string, write?: (value: string) => string): string;
  /** Where a stand-in may begin that goes on behind the end of the text; its length where none does. */
  open(text: string): number;
}

/**
 * The veils over all sessions: in memory only, bounded, and forgotten when nothing was done in a session for long. Then the same value gets another
 * stand-in, and an old one in an old text stays what it is.
 */
export interface Veils {
  /** For a model call that was inspected: whatever was found in it and must not be seen by a provider has a stand-in from now on. Undefined where there is no room for all of it. */
  over(request: Request, passages: readonly Passage[]): Veil | undefined;
  /** The one that was made for this very request; undefined where none was: then nothing of it may go to a provider. */
  of(request: Request): Veil | undefined;
  /** Over what the caller's session knows by now: the log masks it wherever it stands. */
  known(principal: Principal): Veil | undefined;
}
