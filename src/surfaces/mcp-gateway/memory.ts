import type { Content, Source } from "../../core/content.ts";
import { type Json, type JsonObject, writeJson } from "../../core/json.ts";
import { joinLabels, type Label, NEUTRAL_LABEL } from "../../core/label.ts";

/**
 * What the agent has read and done in one conversation, as far as it passed here: the label of its next call, and where arguments may
 * come from. Bounded: what does not fit is forgotten, and then nothing is known of any argument, so that calls that matter wait for a person.
 */
export interface Memory {
  readonly label: Label;
  /** Oldest first; undefined once it did not fit. */
  readonly read: readonly Content[] | undefined;
  add(source: Source, label: Label, value: JsonObject): void;
  /** The agent's own call. What it wrote is no better than what it had read. */
  called(tool: string, args: JsonObject): void;
}

/** UTF-16 code units of one conversation that are remembered; flow costs about twice as many bytes while it looks at them. */
export const MOST_REMEMBERED = 4_000_000;

export function createMemory(most = MOST_REMEMBERED): Memory {
  let label: Label = NEUTRAL_LABEL;
  let read: readonly Content[] | undefined = [];
  let length = 0;
  const keep = (content: Content & { readonly value: Json }): void => {
    length += writeJson(content.value).length;
    // A new list each time: the one that a request was decided with stays what it was.
    read = read === undefined || length > most ? undefined : [...read, content];
  };
  return {
    get label() {
      return label;
    },
    get read() {
      return read;
    },
    add(source, of, value) {
      label = joinLabels(label, of);
      keep({ source, label: of, value });
    },
    called: (tool, args) => keep({ source: { kind: "model", id: tool }, label, value: args }),
  };
}
