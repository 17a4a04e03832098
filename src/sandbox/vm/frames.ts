/** How one speaks with the agent of a machine: frames of a letter, a length and that many bytes. */

/** What it is asked to run. */
export interface Asked {
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly cwd: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly limits: { readonly memory: number; readonly pids: number; readonly cpus: number; readonly disk: number };
  /** Random, in hexadecimal digits. */
  readonly seed: string;
}

export const PIECE = 1 << 16;
const LONGEST = 1 << 20;
const HEAD = 5;

/** What the agent reads: names and values, each with a zero behind it. */
export function asked({ command, env, cwd, read, write, limits, seed }: Asked): Buffer {
  const pairs: readonly (readonly [string, string])[] = [
    ...Object.entries(limits).map(([name, value]) => [name, String(value)] as const),
    ...[["cwd", cwd] as const, ["seed", seed] as const, ["time", String(Math.floor(Date.now() / 1000))] as const],
    ...Object.entries(env).map(([name, value]) => ["env", `${name}=${value}`] as const),
    ...command.map((word) => ["arg", word] as const),
    ...read.map((path) => ["read", path] as const),
    ...write.map((path) => ["write", path] as const),
  ];
  const bytes = Buffer.from(`${pairs.flat().join("\0")}\0`);
  if (bytes.length > LONGEST) throw new Error("the command and its environment are too long");
  return bytes;
}

export function frame(letter: string, bytes: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write(letter, "latin1");
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Cuts bytes into frames. INVARIANT: what waits for its end is never longer than one frame may be. */
export function frames(take: (letter: string, bytes: Buffer) => void, broken: (why: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let over = false;
  return (chunk) => {
    if (over) return;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD) {
      const length = rest.readUInt32BE(1);
      if (length > LONGEST) {
        over = true;
        return broken("the machine says more at once than it may");
      }
      if (rest.length < HEAD + length) return;
      const [letter, bytes] = [rest.toString("latin1", 0, 1), rest.subarray(HEAD, HEAD + length)];
      rest = rest.subarray(HEAD + length);
      take(letter, bytes);
    }
  };
}

/** What somebody else said, for people: nothing in it that a terminal would obey. */
export const shown = (bytes: Buffer): string =>
  bytes
    .toString("latin1")
    .slice(0, 500)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
