import { anthropicMessages } from "./anthropic-messages/index.ts";
import type { Codec } from "./codec.ts";
import { openaiChat } from "./openai-chat/index.ts";
import { openaiResponses } from "./openai-responses/index.ts";

export type { Asked, Codec, Misread, Propose, StreamReader, StreamWriter, Writer } from "./codec.ts";
export { isMisread } from "./shape.ts";
export { anthropicMessages, openaiChat, openaiResponses };

/** Every dialect that is spoken here. */
export const codecs: readonly Codec[] = [openaiChat, openaiResponses, anthropicMessages];
export { rewriteBody, rewriteValue } from "./rewrite.ts";
