import type { Inspection } from "../core/index.ts";

/** The financial numbers that the request's own content holds, without gaps and case. */
export function ownNumbers({ passages }: Inspection): ReadonlySet<string> {
  return new Set(
    passages.flatMap(({ text, findings }) => findings.flatMap(({ kind, start, end }) => (kind === "financial" ? [bare(text.slice(start, end))] : []))),
  );
}

/** Without gaps and case. */
export function bare(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
}
