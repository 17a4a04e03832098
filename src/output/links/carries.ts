import type { Content, Finding, Passage } from "../../core/index.ts";
import type { Address } from "./address.ts";

/** Longer than this, an address says more than where something is. */
const QUERY = 160;
const PART = 120;
const LABELS = 40;
/** How much of the conversation is known word by word, the newest first: it is read while an answer waits. */
const MOST = 256 * 1024;

/** True if an address holds more than where something is: a text, in plain or in a code, or a form that only texts have. */
export function carriesText({ labels, path, query, length }: Address): boolean {
  const whole = query.join("&");
  if (whole.length > QUERY || length > 1_000 || labels.join("").length > LABELS) return true;
  const parts = [...labels, ...path, ...query];
  // A code may hold slashes.
  return (
    parts.some((part) => part.length > PART || isSentence(part) || isMasked(part)) || [...parts, path.join("/")].some((part) => runsOf(part).some(isCoded))
  );
}

/** Four words and more: a name of a file has fewer, and joins them with dashes. */
const isSentence = (part: string): boolean => /\p{L}+(?: +[\p{L}\p{N}@.,:'-]+){3}/u.test(part);
/** What stands in the place of something that was found. */
const isMasked = (part: string): boolean => /\[[a-z]+(?:-[a-z]+)+\]/.test(part) || /[\w.+-]+@[\w-]+\.[a-z]{2}/i.test(part);
/** Runs that may be a code: whole, and cut where a name would end. */
const runsOf = (part: string): readonly string[] => (part.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? []).flatMap((run) => [run, ...run.split(/[-_/]/)]);

/** A run that is text once it is decoded. Hashes and random names, of which addresses are full, give bytes that are none. */
function isCoded(run: string): boolean {
  if (run.length < 12) return false;
  return (
    isText(Buffer.from(run, "base64")) ||
    (/^(?:[0-9a-f]{2})+$/i.test(run) && isText(Buffer.from(run, "hex"))) ||
    (/^(?:[A-Z2-7]+|[a-z2-7]+)$/.test(run) && isText(base32(run)))
  );
}

function isText(bytes: Buffer): boolean {
  if (bytes.length < 6) return false;
  const text = bytes.toString("utf8");
  return !/[^\p{L}\p{N}\p{P}\p{S}\p{Zs}\r\n\t]/u.test(text) && !text.includes("\ufffd") && text.replace(/[^\x20-\x7e]/g, "").length >= text.length * 0.7;
}

function base32(run: string): Buffer {
  let [bits, value] = [0, 0];
  const bytes: number[] = [];
  for (const sign of run.toUpperCase()) {
    value = ((value << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((value >> (bits -= 8)) & 0xff);
  }
  return Buffer.from(bytes);
}

/** What the conversation holds, made when the first address to somewhere unknown has to be judged. */
export interface Conversation {
  /** True if the address says something of it that whoever wrote the address could not know. */
  quotedIn(address: Address, target: string): boolean;
}

export function conversation(content: readonly Content[], passages: readonly Passage[]): Conversation {
  const texts = textsOf(content);
  const words = new Set<string>();
  const secret = new Set<string>();
  for (const { text, confidential } of texts) for (const word of wordsOf(text)) (confidential ? secret : words).add(word);
  const found = new Set(
    passages.flatMap(({ text, findings }) =>
      findings
        .slice(0, 100)
        .filter(isSensitive)
        .map((one) => bare(text.slice(one.start, one.end))),
    ),
  );
  return {
    quotedIn({ labels, path, query }, target) {
      const parts = [...labels, ...path, ...query];
      if (parts.some((part) => wordsOf(part).some((word) => secret.has(word)) || [...found].some((one) => one.length > 5 && bare(part).includes(one))))
        return true;
      // An address that was read as it is holds nothing of what was read beside it.
      if (texts.some(({ text }) => text.includes(target))) return false;
      const named = query.map((part) => part.slice(part.indexOf("=") + 1));
      return (
        [...labels, ...named].some((part) => wordsOf(part).some((word) => words.has(word))) ||
        path.some((part) => wordsOf(part).some((word) => /\d/.test(word) && words.has(word)))
      );
    },
  };
}

const isSensitive = ({ kind }: Finding): boolean => kind === "credential" || kind === "personal" || kind === "financial" || kind === "internal";
const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]{4,64}/gu) ?? [];

function textsOf(content: readonly Content[]): readonly { readonly text: string; readonly confidential: boolean }[] {
  const texts = [];
  let room = MOST;
  for (const { source, label, text, value } of content.toReversed()) {
    // Operator and definitions are the same for everybody, and what the model wrote before was judged then.
    if (source.kind === "system" || source.kind === "definition" || source.kind === "model") continue;
    if (room <= 0) break;
    const said = (text ?? JSON.stringify(value)).slice(0, room);
    room -= said.length;
    texts.push({ text: said, confidential: label.categories.length > 0 || label.readers !== "public" });
  }
  return texts;
}
