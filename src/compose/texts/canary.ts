import { createHmac, randomBytes } from "node:crypto";
import type { Request } from "../../core/request.ts";

let key: Buffer | undefined;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The marker of a request's system prompt: the same for the same prompt while the process lives, so that providers' caches of it hold, and
 * not to be told from the prompt. Undefined where there is no system prompt.
 */
export function canaryOf({ content }: Request): string | undefined {
  const said = content.flatMap(({ source, text }) => (source.kind === "system" && text !== undefined ? [text] : []));
  if (said.length === 0) return undefined;
  key ??= randomBytes(32);
  const mac = createHmac("sha256", key);
  for (const text of said) mac.update(`${text.length}:`).update(text);
  return `hfc-${Array.from(mac.digest().subarray(0, 20), (byte) => LETTERS[byte & 31]).join("")}`;
}
