/** Nothing sensitive reaches the disk in plain: what detectors found is replaced when a record is made, before it exists as bytes. */
import { hash } from "node:crypto";
import type { Finding, FindingKind } from "../core/detector.ts";
import { memoise } from "../core/memoise.ts";
import type { Passage } from "../core/outcome.ts";
import { cutAt } from "../core/whole-characters.ts";
import type { Excerpt } from "./record.ts";

export interface Masking {
  /** Keyed digest of a whole text, HMAC-SHA-256 in base64url. */
  digest(text: string): string;
  /** Keyed pseudonym of a person's id: `h:` and 16 hex digits. */
  pseudonym(id: string): string;
  /** A passage with everything found in it replaced, cut to about `most` code units. */
  excerpt(passage: Passage, most: number): Excerpt;
  /** The same for a text that must not be cut. */
  text(text: string, findings: readonly Finding[]): string;
}

// What an attacker wrote is what an investigator must see; it is not a secret. Everything else found is.
const SHOWN: ReadonlySet<FindingKind> = new Set(["injection", "content"]);
// Where findings overlap, the mask is named after the most sensitive one.
const RANK: readonly FindingKind[] = ["credential", "financial", "personal", "name", "internal", "smuggling", "injection", "content"];

/** `key`: 32 random bytes that never leave this log's own folder. */
export function maskingWith(key: Uint8Array): Masking {
  const hmac = hmacWith(key);
  const tag = (finding: Finding, text: string): string =>
    finding.kind === "credential" ? `[${finding.detector}:h:${hmac("credential", text).slice(0, 16)}]` : `[${finding.detector}]`;
  const text = (whole: string, findings: readonly Finding[], end = whole.length): string => {
    let [masked, at] = ["", 0];
    for (const found of disjoint(findings, whole.length)) {
      if (found.start >= end) break;
      masked += whole.slice(at, found.start) + tag(found, whole.slice(found.start, found.end));
      at = found.end;
    }
    return at >= end ? masked : masked + whole.slice(at, end);
  };
  // A content without a text carries the label of what was read: one in every call over MCP.
  const nothing = hmac("content", "", "base64url");
  return {
    digest: (whole) => (whole === "" ? nothing : hmac("content", whole, "base64url")),
    pseudonym: memoise(MOST_PEOPLE, (id: string) => `h:${hmac("person", id).slice(0, 16)}`),
    text: (whole, findings) => text(whole, findings),
    excerpt: (passage, most) => {
      const at = passage.at.slice(0, 200);
      if (passage.findings.length === 0 && passage.text.length <= most) return { at, excerpt: passage.text };
      const end = cutAt(passage.text, most);
      const findings = countBy(passage.findings, (finding) => finding.detector);
      return {
        at,
        excerpt: text(passage.text, passage.findings, end),
        ...(end < passage.text.length ? { truncated: passage.text.length - end } : {}),
        ...(passage.findings.length > 0 ? { findings } : {}),
      };
    },
  };
}

/** How many of each, for at most 50 different names. */
export function countBy<T>(items: readonly T[], name: (item: T) => string): { [name: string]: number } {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = name(item);
    if (counts.size < 50 || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** The stretches to replace: in order, without overlap, each at its widest. A finding that lies outside the text covers what it can. */
function disjoint(findings: readonly Finding[], length: number): readonly Finding[] {
  const masked: Finding[] = [];
  const [only] = findings;
  if (findings.length === 1 && only !== undefined && !SHOWN.has(only.kind) && only.start >= 0 && only.start < only.end && only.end <= length) return findings;
  const inOrder = findings.filter(({ kind }) => !SHOWN.has(kind)).sort((a, b) => a.start - b.start || b.end - a.end);
  for (const finding of inOrder) {
    const [start, end] = [Math.max(0, finding.start), Math.min(length, finding.end)];
    if (!(start < end)) continue;
    const last = masked.at(-1);
    if (last === undefined || start >= last.end) masked.push({ ...finding, start, end });
    else {
      const named = RANK.indexOf(finding.kind) < RANK.indexOf(last.kind) ? finding : last;
      masked[masked.length - 1] = { ...named, start: last.start, end: Math.max(last.end, end) };
    }
  }
  return masked;
}

/** HMAC-SHA-256 (RFC 2104) from one-shot hashes: Node's incremental `Hmac` costs three times as much for a short text. */
function hmacWith(key: Uint8Array): (purpose: string, text: string, as?: "hex" | "base64url") => string {
  if (key.length > BLOCK) throw new RangeError("the key is longer than a block");
  const pad = (byte: number): Buffer =>
    Buffer.alloc(BLOCK)
      .fill(byte)
      .map((value, i) => value ^ (key[i] ?? 0)) as Buffer;
  const [inner, outer] = [pad(0x36), Buffer.concat([pad(0x5c), Buffer.alloc(32)])];
  return (purpose, text, as = "hex") => {
    const message = `${purpose}\0${text}`;
    const bytes = Buffer.allocUnsafe(BLOCK + Buffer.byteLength(message));
    bytes.set(inner);
    bytes.write(message, BLOCK);
    outer.write(hash("sha256", bytes, "latin1"), BLOCK, 32, "latin1");
    return hash("sha256", outer, as);
  };
}
const BLOCK = 64;
const MOST_PEOPLE = 10_000;
