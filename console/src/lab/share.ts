import type { SourceKind } from "../../../src/core/index.ts";

/** Where a text comes from, as it can be chosen here. */
export const SOURCES = ["user", "tool", "web", "model"] as const satisfies readonly SourceKind[];
export type Chosen = (typeof SOURCES)[number];

/** What is looked at. It stands behind the `#` of the address, which a browser sends to nobody. */
export interface Specimen {
  readonly text: string;
  readonly source: Chosen;
}

export function addressOf({ text, source }: Specimen): string {
  const bytes = new TextEncoder().encode(text);
  const encoded = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `#${source}.${encoded}`;
}

/** Undefined where the address holds nothing that was shared, or something broken. */
export function specimenIn(hash: string): Specimen | undefined {
  const [, name, encoded] = /^#([a-z]+)\.([\w-]*)$/.exec(hash) ?? [];
  const source = SOURCES.find((one) => one === name);
  if (source === undefined || encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    return { source, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return undefined;
  }
}
