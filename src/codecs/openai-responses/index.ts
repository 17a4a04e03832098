import type { Codec } from "../codec.ts";
import { errorBody } from "../openai-chat/errors.ts";
import { echoes } from "./echoes.ts";
import { errorEvent } from "./errors.ts";
import { readStream, readWhole } from "./read-answer.ts";
import { readRequest } from "./read-request.ts";
import { withoutReasoning } from "./reasoning.ts";
import { writeStream, writeWhole } from "./write.ts";

/** OpenAI's Responses API, for clients that send the whole conversation each time. */
export const openaiResponses: Codec = {
  id: "openai-responses",
  path: "/responses",
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
