import { threadId } from "node:worker_threads";
import { startsNothingFilter } from "../sandbox/seccomp.ts";

// linux/prctl.h, linux/seccomp.h, and seccomp(2) by number.
const [SET_DUMPABLE, SET_NO_NEW_PRIVS, MODE_FILTER, TO_ALL_THREADS] = [4n, 38n, 1n, 1n];
const CALLS: { readonly [arch: string]: { readonly prctl: bigint; readonly seccomp: bigint } } = {
  x64: { prctl: 157n, seccomp: 317n },
  arm64: { prctl: 167n, seccomp: 277n },
};

/**
 * From here on this process, with all its threads, starts no program, and nothing gives that back; and no program of the same account, such as a tool
 * server in no sandbox, reads its memory and environment. Says why where it cannot be had. It is a seat belt: whoever writes this process's code can
 * still ask the runner (decision 61).
 */
export async function startNothingMore(): Promise<string | undefined> {
  // Node would open its debugger at it, to any program of this machine.
  process.on("SIGUSR1", () => {});
  const calls = process.platform === "linux" ? CALLS[process.arch] : undefined;
  if (calls === undefined || threadId !== 0) return "only Linux on x86-64 and ARM64 has what it takes";
  const ffi = await import("node:ffi").catch(() => undefined);
  if (ffi === undefined) return "it takes Node 26";
  const word = "i64" as const;
  const { functions } = ffi.dlopen(null, { syscall: { arguments: [word, word, word, word, word, word], return: word } });
  const call = (number: bigint, a: bigint, b: bigint, c: bigint): bigint => functions.syscall(number, a, b, c, 0n, 0n);
  const filter = Buffer.from(startsNothingFilter());
  // struct sock_fprog: how many instructions, and where they are.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(ffi.getRawPointer(filter), 8);
  if (call(calls.prctl, SET_DUMPABLE, 0n, 0n) !== 0n) return "the kernel refuses it";
  if (call(calls.prctl, SET_NO_NEW_PRIVS, 1n, 0n) !== 0n) return "the kernel refuses it";
  if (call(calls.seccomp, MODE_FILTER, TO_ALL_THREADS, ffi.getRawPointer(program)) !== 0n) return "the kernel has no system call filters, or refuses them";
  return undefined;
}
