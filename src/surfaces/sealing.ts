import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Text that goes through hostile hands and comes back: encrypted, and bound to what it was made for and until when. */
export interface Sealing {
  close(text: string, bound: Uint8Array): string;
  /** The text; undefined where this is not one that was sealed here for the same, or its time is over. */
  open(sealed: string, bound: Uint8Array): string | undefined;
}

const [IV, TAG] = [12, 16];

/** The key lives as long as the process: what was sealed before a restart opens no more. */
export function createSealing(clock: { now(): number }, life: number, key: Uint8Array = randomBytes(32)): Sealing {
  return {
    close(text, bound) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(bound);
      const bytes = Buffer.concat([cipher.update(JSON.stringify([clock.now() + life, text]), "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), bytes]).toString("base64url");
    },
    open(sealed, bound) {
      const bytes = Buffer.from(sealed, "base64url");
      // One text, one form: the decoder leaves out what is no sign of it, and the last sign may hold bits that mean nothing.
      if (bytes.length < IV + TAG || bytes.toString("base64url") !== sealed) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV), { authTagLength: TAG })
        .setAAD(bound)
        .setAuthTag(bytes.subarray(IV, IV + TAG));
      try {
        const written = Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString("utf8");
        const [until, text] = JSON.parse(written) as [number, string];
        return clock.now() <= until ? text : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
