import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { HoldfastError } from "../core/errors.ts";
import { type Masking, maskingWith } from "./mask.ts";
import { type NoteSigner, noteSigner, signerKey } from "./note.ts";

export interface LogKeys {
  readonly signer: NoteSigner;
  readonly masking: Masking;
  /** The public verifier key, as in `audit.vkey`. */
  readonly vkey: string;
}

/**
 * The keys of the log in a data folder: `audit.key` signs checkpoints, `audit.mask` makes pseudonyms (both for the owner only), `audit.vkey`
 * is for everyone who verifies. Makes all three where none is there. Throws `configuration` if one is missing, open to others, or not
 * of the others: a new key in silence would be how someone replaces a log.
 */
export async function openKeys(folder: string, random: (bytes: number) => Uint8Array = randomBytes): Promise<LogKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [key, mask, vkey] = await Promise.all(["audit.key", "audit.mask", "audit.vkey"].map((name) => secret(folder, name, name !== "audit.vkey")));
  if (vkey === undefined) {
    // `audit.vkey` is written last: without it the first start did not get far enough to use the others.
    const made = mask ?? Buffer.from(random(32)).toString("hex");
    if (mask === undefined) await write(folder, "audit.mask", `${made}\n`, 0o600);
    const signing = key ?? signerKey(`holdfast/${Buffer.from(random(8)).toString("hex")}`, random(32));
    if (key === undefined) await write(folder, "audit.key", `${signing}\n`, 0o600);
    await write(folder, "audit.vkey", `${noteSigner(signing).vkey}\n`, 0o644);
    return keys(signing, made);
  }
  for (const [name, content] of [
    ["audit.key", key],
    ["audit.mask", mask],
  ] as const) {
    if (content === undefined)
      throw new HoldfastError("configuration", `\`${name}\` is missing beside \`audit.vkey\`: restore it, or begin a new log in another folder`);
  }
  const found = keys(key!, mask!);
  if (found.vkey !== vkey) throw new HoldfastError("configuration", "`audit.vkey` does not belong to `audit.key`");
  return found;
}

function keys(key: string, mask: string): LogKeys {
  if (!/^[0-9a-f]{64}$/.test(mask)) throw new HoldfastError("configuration", "`audit.mask` is not 32 bytes in hex");
  const signer = noteSigner(key);
  return { signer, masking: maskingWith(Buffer.from(mask, "hex")), vkey: signer.vkey };
}

async function secret(folder: string, name: string, owned: boolean): Promise<string | undefined> {
  const path = `${folder}/${name}`;
  try {
    if (owned && ((await stat(path)).mode & 0o077) !== 0) throw new HoldfastError("configuration", `\`${name}\` can be read by others: make it \`chmod 600\``);
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function write(folder: string, name: string, text: string, mode: number): Promise<void> {
  const file = await open(`${folder}/${name}`, "wx", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  const parent = await open(folder, "r");
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}
