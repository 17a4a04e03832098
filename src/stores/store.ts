import type { Json } from "../core/json.ts";
import type { Documents } from "../vault/documents.ts";

export interface Versioned {
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
 * - It rejects with `unavailable` when the disk or the server does not do its part; then the change may have happened or not. Nobody
 *   tries again for the caller.
 * - Collection names are ours (lower-case words with `-`); keys are any text of 1 to 500 code units. Anything else rejects with `internal`.
 */
export interface Store extends Documents {
  get(collection: string, key: string): Promise<Json | undefined>;
  put(collection: string, key: string, value: Json): Promise<void>;
  remove(collection: string, key: string): Promise<void>;
  /** In the order of the keys' UTF-8 bytes; those after `after`, at most `limit`. */
  list(collection: string, options?: { readonly after?: string; readonly limit?: number }): Promise<readonly Versioned[]>;
  /** The document with its version, or undefined if there is none. */
  read(collection: string, key: string): Promise<Versioned | undefined>;
  /**
   * Writes a document only if it has this version now (0: it is not there), or with `undefined` removes it. Answers its new version (0:
   * removed), or undefined if it had another: then nothing changed; read again and decide again. So two processes, or two clicks,
   * cannot overwrite each other.
   */
  swap(collection: string, key: string, value: Json | undefined, ifVersion: number): Promise<number | undefined>;
  close(): Promise<void>;
}

export function isCollection(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,63}$/.test(name);
}

export function isKey(key: string): boolean {
  return key.length > 0 && key.length <= 500 && key.isWellFormed();
}
