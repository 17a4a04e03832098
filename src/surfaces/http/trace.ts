import { randomBytes } from "node:crypto";

/** W3C trace context, version 00: ids that are all zero mean nothing and are not carried on. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A caller's trace context if it is one; anything else is dropped, because it would be carried on into other systems. */
export function traceparentOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" && TRACEPARENT.test(value) ? value : undefined;
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
