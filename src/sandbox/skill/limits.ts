import { HoldfastError } from "../../core/errors.ts";

/** WebAssembly counts memory in pages of 64 KiB. */
const PAGE = 1 << 16;
/** An entry of a table is a few words of ours; nobody needs more. */
const MOST_ENTRIES = 100_000;
const [TABLE, MEMORY] = [4, 5];
const HEADER = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/**
 * Refuses a module that does not declare how much memory it can come to have, or declares more than `most` bytes: the engine sets no limit of
 * its own. Reads no more of the module than the sections that say so (WebAssembly core specification, 5.5); the engine validates the rest.
 */
export function checkModule(bytes: Uint8Array, most: number): void {
  if (!HEADER.equals(bytes.subarray(0, HEADER.length))) wrong("it is not a WebAssembly module");
  let total = 0;
  for (let at = HEADER.length; at < bytes.length; ) {
    const id = bytes[at] as number;
    const size = number(bytes, at + 1);
    const [begin, end] = [size.next, size.next + size.value];
    if (end > bytes.length) wrong("a section of it is longer than the module");
    if (id === MEMORY) for (const { flags, max } of limits(bytes, begin, 0)) total += bound(flags, max) * PAGE;
    if (id === TABLE) for (const { flags, max } of limits(bytes, begin, 1)) if (bound(flags, max) > MOST_ENTRIES) wrong("a table of it may become too large");
    at = end;
  }
  if (total > most) wrong(`it declares ${total} bytes of memory, and has ${most}`);
}

function bound(flags: number, max: number | undefined): number {
  // Shared memory and addresses of 64 bits are other flags.
  if (flags > 1) return wrong("it has memory of a kind that is not offered");
  return max ?? wrong("it does not declare how much memory it needs at most (`--max-memory` for most linkers)");
}

interface Bounds {
  readonly flags: number;
  readonly max?: number;
}

/** The entries of a memory or table section; each of a table begins with its type. */
function limits(bytes: Uint8Array, begin: number, type: 0 | 1): readonly Bounds[] {
  const count = number(bytes, begin);
  const found: Bounds[] = [];
  let at = count.next;
  for (let index = 0; index < count.value; index++) {
    if (type === 1 && bytes[at] !== 0x70 && bytes[at] !== 0x6f) wrong("it has a table of a kind that is not offered");
    const flags = number(bytes, at + type);
    const min = number(bytes, flags.next);
    const max = (flags.value & 1) === 1 ? number(bytes, min.next) : undefined;
    found.push({ flags: flags.value, ...(max === undefined ? {} : { max: max.value }) });
    at = (max ?? min).next;
  }
  return found;
}

/** An unsigned LEB128 number of 32 bits, and where the next thing begins. */
function number(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  return wrong("it is cut off");
}

function wrong(why: string): never {
  throw new HoldfastError("configuration", `the skill cannot be run: ${why}`);
}
