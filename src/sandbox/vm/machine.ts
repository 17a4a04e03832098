/** What a machine is started with. */
export interface Machine {
  readonly program: string;
  /** Megabytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly first: string;
  readonly base: string;
  readonly given: string;
  /** The folder of its two sockets: to its agent, and to whoever looks after it. */
  readonly sockets: string;
  /** Runs on this machine's own processor, and not on one that is imitated. */
  readonly kvm: boolean;
  /** Goes on as the machine that was kept, which is open as descriptor 8. */
  readonly restored: boolean;
}

/** Where the machine that was kept is open for QEMU to read. */
export const SNAPSHOT_FD = 8;

/** Freed memory is emptied, so that what is kept is short. */
const BOOT = "rdinit=/init quiet panic=-1 init_on_free=1";
/** What guards a processor against guessing ahead guards nothing in one that is only imitated. */
const IMITATED = "mitigations=off tsc=reliable no_timer_check";

/**
 * QEMU with nothing that is not named here: no network, no display, no sound, no USB, no monitor; two disks that can only be read and one
 * serial line. INVARIANT: no device leads to a network. It may start no program and gain no rights (`-sandbox`).
 */
export function argvOf({ program, memory, kernel, first, base, given, sockets, kvm, restored }: Machine): readonly string[] {
  const disk = (id: string, file: string): readonly string[] => [
    "-drive",
    `if=none,id=${id},file=${file},format=raw,readonly=on,file.locking=off`,
    "-device",
    `virtio-blk-pci,drive=${id}`,
  ];
  return [
    ...[program, "-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-monitor", "none", "-serial", "none", "-parallel", "none"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny", "-no-reboot", "-name", "sandbox"],
    ...["-machine", "pc,usb=off,vmport=off,smm=off", "-accel", ...(kvm ? ["kvm", "-cpu", "host"] : ["tcg", "-cpu", "max"]), "-smp", "1", "-m", `${memory}M`],
    ...["-kernel", kernel, "-initrd", first, "-append", kvm ? BOOT : `${BOOT} ${IMITATED}`],
    ...["-device", "virtio-serial-pci", "-chardev", `socket,id=agent,path=${sockets}/agent,server=on,wait=off`, "-device", "virtserialport,chardev=agent,nr=1"],
    ...[...disk("base", base), ...disk("given", given)],
    ...(restored ? ["-incoming", `fd:${SNAPSHOT_FD}`] : ["-qmp", `unix:${sockets}/control,server=on,wait=off`]),
  ];
}
