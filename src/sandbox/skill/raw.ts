import type { Ends, Task } from "./channel.ts";

/**
 * Runs a WebAssembly module. What it can import: `holdfast.write(to, at, length)`, `holdfast.read(at, length) -> length` (0 at the end of the
 * input), both over its exported memory `memory`. It begins at `_start` or `main`; a number that comes back is the exit code.
 */
export function runModule({ code }: Pick<Task, "code">, ends: Ends): void {
  const module = new WebAssembly.Module(code as Uint8Array<ArrayBuffer>);
  const foreign = WebAssembly.Module.imports(module).find(({ module: from, name }) => from !== "holdfast" || !(name === "write" || name === "read"));
  if (foreign !== undefined) {
    ends.write(2, new TextEncoder().encode(`it imports \`${foreign.module}.${foreign.name}\`; there is \`holdfast.write\` and \`holdfast.read\`\n`));
    ends.over(126);
    return;
  }
  let rest: Uint8Array = new Uint8Array();
  /** A view past the end of the memory throws, and the module is over: an address is the module's, and never ours. */
  const view = (at: number, length: number): Uint8Array => new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer, at >>> 0, length >>> 0);
  const { exports } = new WebAssembly.Instance(module, {
    holdfast: {
      write(to: number, at: number, length: number) {
        ends.write(to === 2 ? 2 : 1, view(at, length));
        // Nobody is asked while it computes.
        ends.flush();
      },
      read(at: number, length: number) {
        const into = view(at, length);
        if (rest.length === 0) rest = ends.read() ?? rest;
        const piece = rest.subarray(0, into.length);
        into.set(piece);
        rest = rest.subarray(piece.length);
        return piece.length;
      },
    },
  });
  const start = exports["_start"] ?? exports["main"];
  if (typeof start !== "function") {
    ends.write(2, new TextEncoder().encode("it exports neither `_start` nor `main`\n"));
    ends.over(126);
    return;
  }
  const answer: unknown = start();
  ends.over(typeof answer === "number" ? answer & 0xff : 0);
}
