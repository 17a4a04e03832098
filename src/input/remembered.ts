import { hash } from "node:crypto";
import type { Finding } from "../core/index.ts";
import type { Found } from "./texts.ts";

const MOST = 4_096;

/**
 * Remembers what was found in which text: a conversation is sent again with every turn, and the same few values stand in most calls. The key
 * is the SHA-256 of the text and of what stands before it, with both lengths, so nobody can make one text answer for another, and neither the
 * text nor what was found in it stays in memory, only offsets. Text with lone surrogates has no unique UTF-8 form and is not remembered. Two
 * generations bound it; a request of very many texts empties both, which costs time and never an answer.
 */
export function remembered(find: (found: Found) => Finding[]): (found: Found) => Finding[] {
  let young = new Map<string, Finding[]>();
  let old = new Map<string, Finding[]>();
  return (found) => {
    const { text, before, source } = found;
    if (!text.isWellFormed() || !before.isWellFormed()) return find(found);
    const key = `${source} ${before.length} ${text.length} ${hash("sha256", before + text, "base64")}`;
    const known = young.get(key) ?? old.get(key) ?? find(found);
    if (young.size >= MOST) {
      old = young;
      young = new Map();
    }
    young.set(key, known);
    return known;
  };
}
