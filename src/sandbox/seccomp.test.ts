import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { seccompFilter, startsNothingFilter } from "./seccomp.ts";

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;
const NAMES: { readonly [answer: number]: string } = { 2147418112: "allow", 2147483648: "kill", 327681: "EPERM", 327718: "ENOSYS" };

/** What the kernel does with such a program (net/core/filter.c), for the instructions that are used here. */
function answer(filter: Uint8Array, { nr, arch = X64, args = [] }: { readonly nr: number; readonly arch?: number; readonly args?: readonly number[] }): string {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr, true);
  data.setUint32(4, arch, true);
  args.forEach((arg, index) => {
    data.setBigUint64(16 + index * 8, BigInt(arg), true);
  });
  const program = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  let accumulator = 0;
  for (let at = 0; at * 8 < filter.byteLength; at++) {
    const [code, jt, jf, k] = [
      program.getUint16(at * 8, true),
      program.getUint8(at * 8 + 2),
      program.getUint8(at * 8 + 3),
      program.getUint32(at * 8 + 4, true),
    ];
    if (code === 0x20) accumulator = data.getUint32(k, true);
    else if (code === 0x15) at += accumulator === k ? jt : jf;
    else if (code === 0x35) at += accumulator >= k ? jt : jf;
    else if (code === 0x45) at += (accumulator & k) !== 0 ? jt : jf;
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x06) return NAMES[k] ?? `? ${k.toString(16)}`;
    else throw new Error(`an instruction that is not used here: ${code.toString(16)}`);
  }
  throw new Error("the program does not end");
}

describe("the filter of system calls", () => {
  const x64 = seccompFilter("x64");
  const arm64 = seccompFilter("arm64");

  const CASES: readonly (readonly [string, Parameters<typeof answer>[1], string])[] = [
    ["read", { nr: 0 }, "allow"],
    ["write", { nr: 1 }, "allow"],
    ["execve", { nr: 59 }, "allow"],
    ["ptrace", { nr: 101 }, "EPERM"],
    ["mount", { nr: 165 }, "EPERM"],
    ["unshare", { nr: 272 }, "EPERM"],
    ["setns", { nr: 308 }, "EPERM"],
    ["bpf", { nr: 321 }, "EPERM"],
    ["io_uring_setup", { nr: 425 }, "EPERM"],
    ["clone3, whose flags cannot be read", { nr: 435 }, "ENOSYS"],
    ["clone for a process", { nr: 56, args: [17] }, "allow"],
    ["clone for a thread", { nr: 56, args: [0x3d0f00] }, "allow"],
    ["clone for a user namespace", { nr: 56, args: [0x10000011] }, "EPERM"],
    ["clone for a mount namespace", { nr: 56, args: [0x00020011] }, "EPERM"],
    ["a TCP socket", { nr: 41, args: [2, 1, 0] }, "allow"],
    ["a TCP socket that closes on exec", { nr: 41, args: [10, 0x80001, 0] }, "allow"],
    ["a socket in a file", { nr: 41, args: [1, 1, 0] }, "allow"],
    ["a raw socket", { nr: 41, args: [2, 3, 1] }, "EPERM"],
    ["a raw socket that closes on exec", { nr: 41, args: [2, 0x80003, 1] }, "EPERM"],
    ["a packet socket", { nr: 41, args: [17, 2, 0] }, "EPERM"],
    ["a socket to the host of a virtual machine", { nr: 41, args: [40, 1, 0] }, "EPERM"],
    ["asking a terminal for its size", { nr: 16, args: [1, 0x5413] }, "allow"],
    ["typing into a terminal", { nr: 16, args: [1, 0x5412] }, "EPERM"],
    ["pasting into a console", { nr: 16, args: [1, 0x541c] }, "EPERM"],
    ["a call of the x32 table", { nr: 0x40000000 + 101 }, "kill"],
    ["a call of another machine", { nr: 26, arch: 0x40000003 }, "kill"],
  ];
  for (const [what, call, expected] of CASES)
    test(`${what}: ${expected}`, () => {
      verifies("C-04");
      assert.equal(answer(x64, call), expected);
    });

  test("holds on the other machine under its own numbers", () => {
    verifies("C-04");
    const on = (nr: number, ...args: readonly number[]): string => answer(arm64, { nr, arch: ARM64, args });
    assert.deepEqual(
      [on(63), on(117), on(40), on(97), on(435), on(220, 17), on(220, 0x10000011), on(198, 2, 3), on(29, 1, 0x5412), on(198, 2, 1)],
      ["allow", "EPERM", "EPERM", "EPERM", "ENOSYS", "allow", "EPERM", "EPERM", "EPERM", "allow"],
    );
    assert.equal(answer(arm64, { nr: 63, arch: X64 }), "kill");
  });

  test("of every number and argument ends, and of what is refused nothing gets through with other arguments", () => {
    for (let nr = 0; nr < 600; nr++) {
      const plain = answer(x64, { nr });
      for (const args of [
        [0, 0, 0],
        [0xffffffff, 0xffffffff, 0xffffffff],
        [2, 1, 6],
      ])
        if (plain === "EPERM") assert.notEqual(answer(x64, { nr, args }), "allow", String(nr));
    }
  });

  test("one that starts nothing refuses each way to start a program or to reach into one, and lets threads and everything else through", () => {
    const own = startsNothingFilter("x64");
    const other = startsNothingFilter("arm64");
    const on = (nr: number, ...args: readonly number[]): string => answer(own, { nr, args });
    for (const nr of [57, 58, 59, 322, 101, 311, 438]) assert.equal(on(nr), "EPERM", String(nr));
    for (const flags of [17, 0x4111, 0x10000011]) assert.equal(on(56, flags), "EPERM", "clone for a process");
    assert.deepEqual([on(56, 0x3d0f00), on(435), on(0), on(41, 2, 1), on(0x40000000 + 59)], ["allow", "ENOSYS", "allow", "allow", "kill"]);
    for (const nr of [221, 281, 117, 271, 438]) assert.equal(answer(other, { nr, arch: ARM64 }), "EPERM", String(nr));
    assert.deepEqual(
      [17, 0x3d0f00].map((flags) => answer(other, { nr: 220, arch: ARM64, args: [flags] })),
      ["EPERM", "allow"],
    );
  });

  test("there is none for a machine that nobody has looked at", () => assert.throws(() => seccompFilter("riscv64"), /no system call filter/));
});
