import type { Json } from "./json.ts";
import { type Label, NEUTRAL_LABEL, UNTRUSTED } from "./label.ts";

/** Who a piece of content speaks for. `document` is a file or web page; `definition` the description of a tool. */
export const SOURCES = ["system", "user", "model", "tool", "web", "document", "definition"] as const;
export type SourceKind = (typeof SOURCES)[number];

export interface Source {
  readonly kind: SourceKind;
  /** Which one: the tool, the server, the address. Absent where the kind says everything. */
  readonly id?: string;
}

/** Labelled data: exactly one of `text` and `value`. */
export type Content = { readonly source: Source; readonly label: Label } & (
  | { readonly text: string; readonly value?: undefined }
  | { readonly value: Json; readonly text?: undefined }
);

/** Writes a source as one word, `tool:crm.read_mail` or `user`; `parseSource` reads it back. */
export function sourceName(source: Source): string {
  return source.id === undefined ? source.kind : `${source.kind}:${source.id}`;
}

export function parseSource(name: string): Source | undefined {
  const colon = name.indexOf(":");
  const kind = SOURCES.find((known) => known === (colon < 0 ? name : name.slice(0, colon)));
  if (kind === undefined) return undefined;
  return colon < 0 ? { kind } : { kind, id: name.slice(colon + 1) };
}

/**
 * The label a source has when configuration says nothing about it. What the model wrote is neutral: it is never better than the
 * context it was written from, and that context is joined in beside it.
 */
export function defaultLabel(source: Source): Label {
  const origins = [sourceName(source)];
  switch (source.kind) {
    case "system":
      return { ...NEUTRAL_LABEL, integrity: "operator", origins };
    case "user":
      return { ...NEUTRAL_LABEL, integrity: "user", origins };
    case "model":
      return NEUTRAL_LABEL;
    // Chosen by whoever built the agent, and in play in every request that has tools: as untrusted text it would make every request
    // untrusted. It is inspected like the rest; that a server's definitions stay what they were is for pinning to ensure.
    case "definition":
      return { ...NEUTRAL_LABEL, integrity: "internal", origins };
    case "tool":
    case "web":
    case "document":
      return { ...UNTRUSTED, origins };
  }
}
