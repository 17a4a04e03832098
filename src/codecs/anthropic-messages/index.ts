import type { Codec } from "../codec.ts";
import { echoes } from "./echoes.ts";
import { errorBody, errorEvent } from "./errors.ts";
import { readStream, readWhole } from "./read-answer.ts";
import { readRequest } from "./read-request.ts";
import { withoutReasoning } from "./reasoning.ts";
import { writeStream } from "./write-stream.ts";
import { writeWhole } from "./write-whole.ts";

/** Anthropic messages. */
export const anthropicMessages: Codec = {
  id: "anthropic-messages",
  path: "/messages",
  readRequest,
  readWhole,
  readStream,
  writeWhole,
  writeStream,
  echoes,
  withoutReasoning,
  errorBody,
  errorEvent,
};
