import type { Json } from "../core/json.ts";

export interface Document {
  readonly key: string;
  readonly value: Json;
  /** 1 when it was made, one more with each change. */
  readonly version: number;
}

/**
 * Small JSON documents in named collections: keys, approvals, budgets. For things that are looked up and changed; what only happens
 * belongs into the audit log.
 *
 * - Resolved means durable: a change survives a crash and a power failure once its promise resolved.
 * - Any calls may run at once; changes of one document happen one after the other, in some order.
 * - With `ifVersion` a change only happens if the document has that version now (0: it is not there). If it has another, nothing
 *   changes and the answer is undefined: read again and decide again. So two processes, or two clicks, cannot overwrite each other.
 * - It rejects with `unavailable` when the disk or the server does not do its part; then the change may have happened or not. Nobody
 *   tries again for the caller.
 * - Collection names are ours (lower-case words with `-`); keys are any text of 1 to 500 code units. Anything else rejects with `internal`.
 */
export interface Store {
  /** The document, or undefined if there is none. */
  get(collection: string, key: string): Promise<Document | undefined>;
  /** Writes a document and returns its new version; undefined if `ifVersion` did not hold. */
  put(collection: string, key: string, value: Json, ifVersion?: number): Promise<number | undefined>;
  /** True if it is gone by this call, false if there was none; undefined if `ifVersion` did not hold. */
  remove(collection: string, key: string, ifVersion?: number): Promise<boolean | undefined>;
  /** Documents in the order of their keys' UTF-8 bytes, those after `after`, at most `limit` (1 to 1,000; 100). */
  list(collection: string, options?: { readonly after?: string; readonly limit?: number }): Promise<readonly Document[]>;
  close(): Promise<void>;
}

export function isCollection(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,63}$/.test(name);
}

export function isKey(key: string): boolean {
  return key.length > 0 && key.length <= 500 && key.isWellFormed();
}

export function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= 1000;
}
