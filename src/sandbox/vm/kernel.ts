import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import type { First } from "./cpio.ts";

/** A kernel for machines: its file, and those of its modules that a machine needs, in the order in which they are loaded. */
export interface Kernel {
  readonly file: string;
  readonly modules: readonly string[];
}

/** A package that was unpacked there instead of being installed, then what this machine itself starts with. */
const PLACES: readonly string[] = ["/usr/lib/holdfast/vm", join(process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local/share"), "holdfast/vm"), "/"];
/** One that the kernel has built in is not there as a file; whether all are there shows when it starts. */
const MODULES = {
  pci: [
    ...["drivers/virtio/virtio_ring", "drivers/virtio/virtio"],
    ...["drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci_modern_dev", "drivers/virtio/virtio_pci", "drivers/char/virtio_console"],
    ...["drivers/block/virtio_blk", "lib/libcrc32c", "fs/netfs/netfs", "fs/erofs/erofs"],
  ],
  mmio: [
    ...["drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_mmio"],
    ...["net/vmw_vsock/vsock", "net/vmw_vsock/vmw_vsock_virtio_transport_common", "net/vmw_vsock/vmw_vsock_virtio_transport"],
    ...["drivers/block/virtio_blk", "lib/libcrc32c", "fs/netfs/netfs", "fs/erofs/erofs"],
  ],
};

/** The newest kernel that is here with its modules; undefined where there is none. */
export const findKernel = (): Promise<Kernel | undefined> => find(PLACES, "vmlinuz-", MODULES.pci, "drivers/virtio/virtio_pci");

/** The same for what reads only one that is not compressed, and has no PCI. */
export const findBareKernel = (places = PLACES): Promise<Kernel | undefined> => find(places, "vmlinux-", MODULES.mmio, "drivers/virtio/virtio_mmio");

async function find(places: readonly string[], prefix: string, wanted: readonly string[], needed: string): Promise<Kernel | undefined> {
  for (const place of places) {
    const names = (await readdir(join(place, "boot")).catch(() => [])).filter((name) => name.startsWith(prefix));
    for (const name of names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }))) {
      const folder = join(place, "lib/modules", name.slice(prefix.length), "kernel");
      const modules = (await Promise.all(wanted.map((module) => fileOf(folder, module)))).filter((path) => path !== undefined);
      if (modules.some((path) => path.startsWith(join(folder, needed)))) return { file: join(place, "boot", name), modules };
    }
  }
  return undefined;
}

async function fileOf(folder: string, module: string): Promise<string | undefined> {
  const within = join(folder, module, "..");
  const names = await readdir(within).catch(() => []);
  const name = names.find((one) => new RegExp(`^${basename(module)}\\.ko(\\.xz|\\.zst|\\.gz)?$`).test(one));
  return name === undefined ? undefined : join(within, name);
}

const PERL = "/usr/bin/perl";
const PERL_NEEDS = [
  "/lib64/ld-linux-x86-64.so.2",
  ...["libc.so.6", "libm.so.6", "libcrypt.so.1"].map((name) => `/lib/x86_64-linux-gnu/${name}`),
  ...["strict.pm", "warnings.pm"].map((name) => `/usr/lib/x86_64-linux-gnu/perl-base/${name}`),
];

/** What is in the machine's memory when it starts: the agent, perl to run it, the modules, and the filter for commands. */
export async function firstFiles({ modules }: Kernel, agent: Uint8Array, filter: Uint8Array): Promise<readonly First[]> {
  const files: First[] = [];
  for (const path of [PERL, ...PERL_NEEDS]) files.push({ path: path.slice(1), mode: 0o755, bytes: await readFile(path) });
  for (const [index, path] of modules.entries())
    files.push({ path: `modules/${String(index).padStart(2, "0")}-${basename(path)}`, mode: 0o600, bytes: await readFile(path) });
  files.push({ path: "init", mode: 0o700, bytes: agent }, { path: "filter", mode: 0o600, bytes: filter });
  const parents = new Set(
    files.flatMap(({ path }) =>
      path
        .split("/")
        .slice(0, -1)
        .map((_, index, names) => names.slice(0, index + 1).join("/")),
    ),
  );
  return [...[...parents].sort().map((path) => ({ path, mode: 0o755 })), ...files];
}
