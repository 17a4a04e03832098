import { randomBytes } from "node:crypto";

/** W3C trace context, version 00: ids that are all zero mean nothing and are not carried on. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A caller's trace context if it is one; anything else is dropped, because it would be carried on into other systems. */
export function traceparentOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" && TRACEPARENT.test(value) ? value : undefined;
}

/** How an agent says in which call of another agent it acts: what came with that call, in this header. */
export const CHAIN_HEADER = "x-holdfast-chain";

/** What a caller shows of that; anything that is no text of ours still is a claim, so it is not dropped. Absent: it claims nothing. */
export function chainOf(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : "unreadable";
}

const BLOCK = 16 * 256;
let block = Buffer.alloc(0);
let at = 0;

/** A fresh request id. Ours always: an id from a peer could be made to collide with another's record. */
export function requestId(): string {
  // Random bytes are drawn in blocks: one system call for 256 ids.
  if (at >= block.length) {
    block = randomBytes(BLOCK);
    at = 0;
  }
  at += 16;
  return `req_${block.toString("hex", at - 16, at)}`;
}
