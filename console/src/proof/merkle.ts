/**
 * RFC 6962 hashing and inclusion, in the browser, with WebCrypto and nothing of the server's: whoever checks a proof here need not trust
 * the code that made it.
 */
export type Hash = Uint8Array<ArrayBuffer>;

/** SHA-256(0x00 || data): the prefix keeps a leaf from being passed off as a node. */
export function leafHash(data: Uint8Array): Promise<Hash> {
  return sha256([Uint8Array.of(0), data]);
}

/** SHA-256(0x01 || left || right) */
export function nodeHash(left: Hash, right: Hash): Promise<Hash> {
  return sha256([Uint8Array.of(1), left, right]);
}

/**
 * The root of a tree of `size` leaves in which `leaf` stands at `index`, going up along `path` (RFC 9162 section 2.1.3.2), or undefined
 * where index, size and length of the path do not fit together.
 */
export async function rootOf(index: number, size: number, leaf: Hash, path: readonly Hash[]): Promise<Hash | undefined> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let [position, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = await nodeHash(sibling, hash);
      // A node without a right neighbour moves up unhashed until it is somebody's right child.
      while (position % 2 === 0 && position !== 0) [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

export async function sha256(parts: readonly Uint8Array[]): Promise<Hash> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
