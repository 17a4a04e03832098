import { constants, stat } from "node:fs/promises";
import { can } from "../can.ts";

/** The device by which a machine runs on this machine's own processor, as whoever runs in the sandbox `process` may open it. */
export interface Kvm {
  readonly device: string;
  /** The one group that nobody needs for it. */
  readonly group?: number;
}

export const KVM = "/dev/kvm";
const [ALL, GROUP] = [0o006, 0o060];

/** Undefined where it is not there, or where nobody could open it only as root or with root's group. Whether a machine boots with it is another question: often none does. */
export async function kvmHere(device: string): Promise<Kvm | undefined> {
  const found = await stat(device).catch(() => undefined);
  if (found?.isCharacterDevice() !== true) return undefined;
  if (process.getuid?.() !== 0) return (await can(device, constants.R_OK | constants.W_OK)) ? { device } : undefined;
  if ((found.mode & ALL) === ALL) return { device };
  return (found.mode & GROUP) === GROUP && found.gid !== 0 ? { device, group: found.gid } : undefined;
}
