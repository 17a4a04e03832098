import { HoldfastError } from "../core/errors.ts";

/**
 * A filter for system calls as classic BPF (seccomp(2), linux/seccomp.h): the ways in which a process without rights can still reach deep
 * into the kernel or out of its namespaces are answered with EPERM. A list of what is refused, not of what is allowed: programs nobody
 * here has seen must run, and namespaces keep the rest.
 */
export function seccompFilter(arch: string = process.arch): Uint8Array {
  const table = tableOf(arch);
  const { calls, clone, socket, ioctl } = table;
  const program = refusing([...new Set(Object.values(calls))], table);
  program.push(skipIf(clone, 0, 4), load(argument(0)), { code: JSET, k: NEW_NAMESPACES, jt: 0, jf: 1 }, { code: RET, k: EPERM }, { code: RET, k: ALLOW });
  program.push(skipIf(ioctl, 0, 5), load(argument(1)), skipIf(TIOCSTI, 1, 0), skipIf(TIOCLINUX, 0, 1), { code: RET, k: EPERM }, { code: RET, k: ALLOW });
  const families = DENIED_FAMILIES.flatMap((family): Instruction[] => [skipIf(family, 0, 1), { code: RET, k: EPERM }]);
  const raw: Instruction[] = [load(argument(1)), { code: AND, k: 0xf }, skipIf(SOCK_RAW, 0, 1), { code: RET, k: EPERM }];
  program.push(skipIf(socket, 0, 1 + families.length + raw.length), load(argument(0)), ...families, ...raw, { code: RET, k: ALLOW });
  return assembled(program);
}

/**
 * For this process itself, which starts nothing: no other program, neither beside it nor in its place, and no reaching into another process, of which
 * some may. Threads are made as before.
 */
export function startsNothingFilter(arch: string = process.arch): Uint8Array {
  const table = tableOf(arch);
  const { calls, clone, starts } = table;
  const program = refusing([...starts, ...["ptrace", "process_vm_writev", "pidfd_getfd"].map((name) => calls[name] as number)], table);
  program.push(skipIf(clone, 0, 3), load(argument(0)), { code: JSET, k: CLONE_THREAD, jt: 1, jf: 0 }, { code: RET, k: EPERM }, { code: RET, k: ALLOW });
  return assembled(program);
}

function tableOf(arch: string): Arch {
  const table = ARCHES[arch];
  if (table === undefined) throw new HoldfastError("unavailable", `there is no system call filter for \`${arch}\``);
  return table;
}

/** How a filter begins: what is of another machine's numbers, and what is refused whatever its arguments are. Laid out so that every jump is forward. */
function refusing(denied: readonly number[], { audit, clone3 }: Arch): Instruction[] {
  const program: Instruction[] = [load(ARCH), skipIf(audit, 1, 0), { code: RET, k: KILL }, load(NUMBER)];
  // x32 shares the table of x86-64 under other numbers.
  if (audit === ARCHES["x64"]?.audit) program.push({ code: JGE, k: 0x4000_0000, jt: 0, jf: 1 }, { code: RET, k: KILL });
  for (const call of denied) program.push(skipIf(call, 0, 1), { code: RET, k: EPERM });
  // Without it glibc goes back to clone(2), whose flags can be read.
  program.push(skipIf(clone3, 0, 1), { code: RET, k: ENOSYS });
  return program;
}

function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(({ code, jt = 0, jf = 0, k }, index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, jt);
    bytes.setUint8(index * 8 + 3, jf);
    bytes.setUint32(index * 8 + 4, k, true);
  });
  return new Uint8Array(bytes.buffer);
}

/**
 * The same refusals in the form that runc and container engines read (OCI runtime specification, `linux.seccomp`). Names that a kernel or
 * library does not know are passed over there, as numbers are here.
 */
export function seccompProfile(arch: string = process.arch): object {
  const table = ARCHES[arch];
  const name = arch === "x64" ? "SCMP_ARCH_X86_64" : arch === "arm64" ? "SCMP_ARCH_AARCH64" : undefined;
  if (table === undefined || name === undefined) throw new HoldfastError("unavailable", `there is no system call filter for \`${arch}\``);
  const refused = (names: readonly string[], args: readonly object[] = []) => ({ names, action: "SCMP_ACT_ERRNO", errnoRet: EPERM & 0xffff, args });
  const masked = (index: number, mask: number, value: number) => ({ index, value: mask, valueTwo: value, op: "SCMP_CMP_MASKED_EQ" });
  const bits = Array.from({ length: 32 }, (_, bit) => 2 ** bit).filter((bit) => Math.floor(NEW_NAMESPACES / bit) % 2 === 1);
  return {
    defaultAction: "SCMP_ACT_ALLOW",
    // Any other, x32 among them, ends the program.
    architectures: [name],
    syscalls: [
      refused(Object.keys(table.calls).map((call) => (call === "sysctl" ? "_sysctl" : call))),
      // Left to a tracer that is not there, which is ENOSYS: gVisor answers EPERM whatever the number, and without threads few programs run.
      { names: ["clone3"], action: "SCMP_ACT_TRACE", args: [] },
      ...bits.map((bit) => refused(["clone"], [masked(0, bit, bit)])),
      ...[TIOCSTI, TIOCLINUX].map((request) => refused(["ioctl"], [masked(1, LOWER_HALF, request)])),
      ...DENIED_FAMILIES.map((family) => refused(["socket"], [masked(0, LOWER_HALF, family)])),
      refused(["socket"], [masked(1, 0xf, SOCK_RAW)]),
    ],
  };
}

/** The kernel looks at no more of such an argument. */
const LOWER_HALF = 0xffff_ffff;

interface Instruction {
  readonly code: number;
  readonly jt?: number;
  readonly jf?: number;
  readonly k: number;
}

// linux/bpf_common.h, linux/seccomp.h
const [LOAD, JEQ, JGE, JSET, AND, RET] = [0x20, 0x15, 0x35, 0x45, 0x54, 0x06];
const [ALLOW, KILL, EPERM, ENOSYS] = [0x7fff_0000, 0x8000_0000, 0x0005_0001, 0x0005_0026];
/** Offsets in `struct seccomp_data`. */
const [NUMBER, ARCH] = [0, 4];
/** The lower half of an argument: both machines are little-endian, and flags and families fit in it. */
const argument = (index: number): number => 16 + index * 8;
const load = (k: number): Instruction => ({ code: LOAD, k });
const skipIf = (k: number, jt: number, jf: number): Instruction => ({ code: JEQ, k, jt, jf });

const CLONE_THREAD = 0x1_0000;
// sched.h: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
const NEW_NAMESPACES = 0x7e02_0000;
/** Writing into a terminal as if somebody typed. */
const [TIOCSTI, TIOCLINUX] = [0x5412, 0x541c];
/** AF_PACKET, AF_ALG, AF_VSOCK: the last reaches the host of a virtual machine, whatever the network namespace. */
const DENIED_FAMILIES = [17, 38, 40];
const SOCK_RAW = 3;

interface Arch {
  readonly audit: number;
  readonly clone: number;
  readonly clone3: number;
  readonly socket: number;
  readonly ioctl: number;
  /** execve, execveat, and where they are: fork, vfork. */
  readonly starts: readonly number[];
  readonly calls: { readonly [name: string]: number };
}

const COMMON = {
  pidfd_getfd: 438,
  process_madvise: 440,
  mount_setattr: 442,
  quotactl_fd: 443,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
} as const;

const ARCHES: { readonly [arch: string]: Arch } = {
  x64: {
    audit: 0xc000_003e,
    clone: 56,
    clone3: 435,
    socket: 41,
    ioctl: 16,
    starts: [59, 322, 57, 58],
    calls: {
      ...COMMON,
      ptrace: 101,
      syslog: 103,
      mknod: 133,
      uselib: 134,
      personality: 135,
      ustat: 136,
      sysfs: 139,
      vhangup: 153,
      modify_ldt: 154,
      pivot_root: 155,
      sysctl: 156,
      adjtimex: 159,
      chroot: 161,
      acct: 163,
      settimeofday: 164,
      mount: 165,
      umount2: 166,
      swapon: 167,
      swapoff: 168,
      reboot: 169,
      iopl: 172,
      ioperm: 173,
      init_module: 175,
      delete_module: 176,
      quotactl: 179,
      nfsservctl: 180,
      lookup_dcookie: 212,
      clock_settime: 227,
      kexec_load: 246,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      mknodat: 259,
      unshare: 272,
      perf_event_open: 298,
      name_to_handle_at: 303,
      open_by_handle_at: 304,
      clock_adjtime: 305,
      setns: 308,
      process_vm_readv: 310,
      process_vm_writev: 311,
      kcmp: 312,
      finit_module: 313,
      kexec_file_load: 320,
      bpf: 321,
      userfaultfd: 323,
    },
  },
  arm64: {
    audit: 0xc000_00b7,
    clone: 220,
    clone3: 435,
    socket: 198,
    ioctl: 29,
    starts: [221, 281],
    calls: {
      ...COMMON,
      mknodat: 33,
      umount2: 39,
      mount: 40,
      pivot_root: 41,
      chroot: 51,
      vhangup: 58,
      quotactl: 60,
      acct: 89,
      personality: 92,
      unshare: 97,
      kexec_load: 104,
      init_module: 105,
      delete_module: 106,
      clock_settime: 112,
      syslog: 116,
      ptrace: 117,
      reboot: 142,
      settimeofday: 170,
      adjtimex: 171,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      swapon: 224,
      swapoff: 225,
      perf_event_open: 241,
      name_to_handle_at: 264,
      open_by_handle_at: 265,
      clock_adjtime: 266,
      setns: 268,
      process_vm_readv: 270,
      process_vm_writev: 271,
      kcmp: 272,
      finit_module: 273,
      bpf: 280,
      userfaultfd: 282,
      kexec_file_load: 294,
    },
  },
};
