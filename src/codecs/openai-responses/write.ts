import { type Json, writeJson } from "../../core/json.ts";
import type { Asked, StreamWriter, Writer } from "../codec.ts";
import { draftOf } from "./draft.ts";

/** Writes `response`. */
export function writeWhole(asked: Asked): Writer<Json> {
  return draftOf(asked, () => {});
}

/** Writes the events of a response, numbered. Arguments of a call leave in one piece, once it is decided. */
export function writeStream(asked: Asked): StreamWriter {
  let number = 0;
  let text = "";
  const draft = draftOf(asked, (type, fields) => {
    text += `event: ${type}\ndata: ${writeJson({ type, sequence_number: number++, ...fields })}\n\n`;
  });
  const taken = (): string => {
    const now = text;
    text = "";
    return now;
  };
  return {
    push(part) {
      draft.push(part);
      return taken();
    },
    finish() {
      draft.finish();
      return taken();
    },
  };
}
