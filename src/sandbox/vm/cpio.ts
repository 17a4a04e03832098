/** A file or a folder of the first file system of a machine. */
export interface First {
  readonly path: string;
  readonly mode: number;
  /** Left out: a folder. */
  readonly bytes?: Uint8Array;
}

/** An archive that the kernel unpacks into memory when it starts (`newc`, the kernel's Documentation/driver-api/early-userspace/buffer-format.rst). */
export function archive(entries: readonly First[]): Buffer {
  const all = [...entries.map((one, index) => member(one, index + 1)), member({ path: "TRAILER!!!", mode: 0, bytes: new Uint8Array() }, 0)];
  return Buffer.concat(all.flat());
}

function member({ path, mode, bytes }: First, number: number): readonly Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const kind = bytes === undefined ? 0o040000 : 0o100000;
  const fields = [number, number === 0 ? 0 : kind | mode, 0, 0, 1, 0, bytes?.length ?? 0, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  const content = bytes ?? new Uint8Array();
  return [head, name, filler(head.length + name.length), content, filler(content.length)];
}

const filler = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);
