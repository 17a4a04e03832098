import type { Codec } from "../codec.ts";
import { echoes } from "./echoes.ts";
import { errorBody, errorEvent } from "./errors.ts";
import { readStream, readWhole } from "./read-answer.ts";
import { readRequest } from "./read-request.ts";
import { withoutReasoning } from "./reasoning.ts";
import { writeStream } from "./write-stream.ts";
import { writeWhole } from "./write-whole.ts";

/** OpenAI chat completions, as the vendor and every server compatible with it speak them. */
export const openaiChat: Codec = {
  id: "openai-chat",
  path: "/chat/completions",
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
