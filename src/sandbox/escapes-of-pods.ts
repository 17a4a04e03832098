import type { KeptApart } from "./driver.ts";
import { ESCAPES, type Escape } from "./escapes.ts";

/** Attempts that mean the same in a pod, whose machine is not this one. */
const SAME = [
  ...["read-shadow", "write-system", "write-root", "inherited-descriptors", "environment-of-holdfast", "kernel-settings", "sysrq", "sys-writable"],
  ...["remount", "mount", "unmount", "block-device", "disk-fill", "set-uid-program", "capabilities", "raw-socket", "packet-socket"],
  ...["metadata-address", "container-engine", "memory-bomb", "memory-in-many", "cpu-spin", "sleep-past-the-end"],
  // What takes rights that a pod of ours has not.
  ...["chroot", "set-uid", "unshare-mount", "list-homes", "userfaultfd", "kernel-log", "load-module", "kexec", "reboot", "new-mount-api", "move-mount"],
];
/** Rights that a kernel of its own would give away as well: whether it has one is another attempt. */
const NOT_THE_KERNEL = ["set-uid-program", "capabilities"];
/** Outside is a pod where nothing is kept apart, so some can be compared that cannot on a machine. */
const COMPARED = ["write-system", "write-root", "set-uid-program", "metadata-address"];

const attempt = (id: string, from: KeptApart, script: string, control: Escape["control"] = true): Escape => ({ id, from, script, control });
const reach = (host: string, port: string): string => `timeout 1 bash -c 'exec 3<>"/dev/tcp/${host}/${port}"' 2>/dev/null && echo ESCAPED; true`;

export const POD_ESCAPES: readonly Escape[] = [
  ...ESCAPES.filter(({ id }) => SAME.includes(id)).map((one) => ({
    ...one,
    ...(NOT_THE_KERNEL.includes(one.id) ? { from: "files" as const } : {}),
    ...(COMPARED.includes(one.id) ? { control: true as const } : {}),
  })),
  attempt("is-root", "files", '[ "$(id -u)" = 0 ] && echo ESCAPED; true'),
  attempt("token-of-the-cluster", "files", "cat /var/run/secrets/kubernetes.io/serviceaccount/token >/dev/null 2>&1 && echo ESCAPED; true"),
  attempt(
    "write-where-the-image-may",
    "files",
    "for d in /var/tmp /opt /srv /home; do echo x > $d/planted 2>/dev/null && rm $d/planted && echo ESCAPED; done; true",
  ),
  attempt(
    "processes-of-the-node",
    "files",
    '[ "$(ls -d /proc/[0-9]* | wc -l)" -gt 20 ] && echo ESCAPED; true',
    "outside it is a pod as well, which sees its own",
  ),
  // Where a network policy is not kept, this is how one sees it: the API is there in every cluster.
  attempt("reach-the-api", "network", reach("$KUBERNETES_SERVICE_HOST", "$KUBERNETES_SERVICE_PORT")),
  attempt("name-of-the-cluster", "network", "timeout 1 getent hosts kubernetes.default.svc >/dev/null 2>&1 && echo ESCAPED; true"),
  attempt("name-of-the-world", "network", "timeout 1 getent hosts example.com >/dev/null 2>&1 && echo ESCAPED; true"),
  attempt("outside-address", "network", reach("1.1.1.1", "53")),
  // KERNEL is what a pod beside it sees. One of its own says something else.
  attempt("kernel-of-the-node", "kernel", '[ "$(cat /proc/version)" = "$KERNEL" ] && echo ESCAPED; true'),
];
