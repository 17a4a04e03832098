import type { Id } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import type { Request } from "../../core/request.ts";
import type { Exchanged, Sending } from "./upstream.ts";

const META = "holdfast/recorded";

/** What was answered before, in place of a call: it says so itself, to the client in `_meta` and to the model in words. */
export function standingIn({ answer, age }: NonNullable<Request["recorded"]>, id: Id | undefined, read: Sending["read"]): Exchanged {
  if (id === undefined) throw new HoldfastError("internal", "a recorded answer stands in for a request only");
  const seconds = Math.round(age / 1000);
  const { content, _meta: meta } = answer;
  const note: Json = { type: "text", text: `Recorded answer: the tool was not called; this is what the same call was answered ${seconds} s ago.` };
  const result = {
    ...answer,
    content: [note, ...(content !== undefined && isArray(content) ? content : [])],
    _meta: { ...(isObject(meta) ? meta : {}), [META]: { age: seconds } },
  };
  return {
    status: 200,
    form: "whole",
    facts: () => ({ recorded_age: seconds }),
    async pump(write) {
      for (const part of read({ message: { kind: "result", id, result } })) await write(part);
    },
  };
}
