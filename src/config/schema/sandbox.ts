import { z } from "zod";
import { KEPT_APART } from "../../core/kept-apart.ts";
import { hosts } from "./egress.ts";
import { size } from "./values.ts";

const path = z.string().regex(/^\//, "expected an absolute path");

/** The sandboxes that ship; a name that none has must not load. */
export const SANDBOXES = ["process", "runc", "gvisor", "container", "vm", "firecracker", "wasm", "network", "kubernetes"] as const;
/** Those of them that can wait, started, behind a shell. */
export const WITH_WARM: readonly string[] = ["process", "runc", "gvisor", "container"];
/** Those of them whose programs can be given a work folder. */
export const WITH_WORK: readonly string[] = ["process", "runc", "gvisor", "container"];
/** Those of them whose programs can be given a way out. */
export const WITH_WAY_OUT: readonly string[] = ["process", "runc", "gvisor", "container", "network"];

/** What a server's program runs in. */
export const sandbox = z
  .preprocess(
    (given) => (typeof given === "string" ? { driver: given } : given),
    z.strictObject({
      driver: z
        .enum(SANDBOXES)
        .describe(
          "`process`: namespaces, a system call filter and control groups (Linux, with bubblewrap). `runc`: a container without an engine. `gvisor`: a kernel in between. `container`: Docker or podman. `vm`: a machine with a kernel of its own (QEMU). `firecracker`: the same, run by Firecracker with KVM. `wasm`: a skill, one file of JavaScript or WebAssembly. `network`: no confinement but of the network (Linux, root). `kubernetes`: a pod of the cluster under `sandboxes`.",
        ),
      image: z
        .string()
        .min(1)
        .max(500)
        .exactOptional()
        .describe("For `container` and `kubernetes`: whose programs it has. Left out: this machine's, or what `sandboxes` says."),
      read: z.array(path).prefault([]).describe("What it may read, besides the system's programs and libraries."),
      write: z.array(path).prefault([]).describe("What it may change. It runs as nobody, so nobody must be able to."),
      memory: size.exactOptional().describe("How much memory it has (default: 512mb)."),
      disk: size.exactOptional().describe("How much it may write where it is at home (default: 64mb)."),
      work: size
        .refine((bytes) => bytes >= 1 << 20, "at least `1mb`")
        .exactOptional()
        .describe(
          "How much `/work` holds. It then lies on the disk, one for each session, with which it goes. Left out: it is in memory, as large as `disk`. For `process`, `runc`, `gvisor` and `container`; not with `warm`.",
        ),
      pids: z.int().min(1).max(10_000).exactOptional().describe("How many processes (default: 100)."),
      cpus: z.number().min(0.01).max(256).exactOptional().describe("How much of the processors (default: 1)."),
      keeps: z
        .array(z.enum(KEPT_APART))
        .prefault([])
        .describe("What it must keep apart. Where the driver keeps less on this machine, nothing is started; `holdfast sandbox doctor` says what it keeps."),
      warm: z
        .int()
        .min(0)
        .max(16)
        .prefault(0)
        .describe(
          "How many of it wait, started, for the next sessions: each is used once (default: 0). It needs `/bin/sh` inside; for `process`, `runc`, `gvisor` and `container`.",
        ),
      allow_hosts: hosts
        .prefault([])
        .describe(
          "The hosts that it may reach, through the egress proxy only. Empty: it has no network. `wasm`, `vm`, `firecracker` and `kubernetes` have no way out.",
        ),
    }),
  )
  .describe(
    "The sandbox that the server's program runs in: the name of a driver, or a driver with what it may reach. It has no network but what `allow_hosts` opens.",
  )
  .meta({ shorthand: { type: "string", enum: SANDBOXES } });
