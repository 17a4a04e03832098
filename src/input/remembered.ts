import { hash } from "node:crypto";
import type { Finding, SourceKind } from "../core/index.ts";

/** Looking a text up costs a tenth of scanning it; below this length it is not worth it. */
const SHORTEST = 64;
const MOST = 4_096;

/**
 * Remembers what was found in which text: a conversation is sent again with every turn. The key is the SHA-256 of the text and its length,
 * so nobody can make one text answer for another, and neither the text nor what was found in it stays in memory, only offsets. Text with
 * lone surrogates has no unique UTF-8 form and is not remembered. Two generations bound it; one request fills at most one of them.
 */
export function remembered(find: (text: string, source: SourceKind) => Finding[]): (text: string, source: SourceKind) => Finding[] {
  let young = new Map<string, Finding[]>();
  let old = new Map<string, Finding[]>();
  return (text, source) => {
    if (text.length < SHORTEST || !text.isWellFormed()) return find(text, source);
    const key = `${source} ${text.length} ${hash("sha256", text, "base64")}`;
    const known = young.get(key) ?? old.get(key) ?? find(text, source);
    if (young.size >= MOST) {
      old = young;
      young = new Map();
    }
    young.set(key, known);
    return known;
  };
}
