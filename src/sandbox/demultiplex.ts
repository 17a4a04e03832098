import type { Readable, Writable } from "node:stream";

/**
 * Parts the one stream of an attached container into its two outputs: frames of eight bytes (which of them, three of nothing, the length)
 * and what was written (Docker Engine API, "Attach to a container"). What is no such frame breaks the connection.
 */
export function demultiplex(from: Readable, outputs: { readonly stdout: Writable; readonly stderr: Writable }, broken: () => void): void {
  const head = Buffer.alloc(HEAD);
  let [filled, left] = [0, 0];
  let into: Writable = outputs.stdout;
  const full = new Set<Writable>();
  /** A reader that does not keep up holds the container up, not our memory: it goes on when each of the two has room. */
  const wait = (output: Writable): void => {
    if (full.has(output)) return;
    full.add(output);
    from.pause();
    output.once("drain", () => {
      full.delete(output);
      if (full.size === 0) from.resume();
    });
  };
  const take = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        at += piece.length;
        left -= piece.length;
        if (!into.write(piece)) wait(into);
        continue;
      }
      const piece = chunk.subarray(at, at + HEAD - filled);
      piece.copy(head, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < HEAD) return;
      filled = 0;
      left = head.readUInt32BE(4);
      if ((head[0] as number) > 2 || head.readUIntBE(1, 3) !== 0) {
        broken();
        return;
      }
      into = head[0] === 2 ? outputs.stderr : outputs.stdout;
    }
  };
  from.on("data", take);
}

const HEAD = 8;
