/** The words of a text as numbers: in runs, and in short sentences. A text is the same in capitals, with other blanks, and escaped in JSON. */

/** So many words in a row are looked at together. */
export const RUN = 8;
/** A sentence, line or quoted text by itself counts from so many words on, up to a run. */
export const SHORTEST = 4;

/** Good until the next text is looked at: the room is used again. */
export interface Words {
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Of the run that ends with each word, from the first whole one on. */
  readonly runs: Int32Array;
  /** Of short sentences, from their first word to their last. */
  readonly units: readonly { readonly print: number; readonly first: number; readonly last: number }[];
}

let [starts, ends, hashes, runs] = [new Int32Array(1024), new Int32Array(1024), new Int32Array(1024), new Int32Array(1024)];

export function wordsOf(text: string, seed: number): Words {
  const most = (text.length >> 1) + 1;
  if (most > starts.length)
    [starts, ends, hashes, runs] = [new Int32Array(most * 2), new Int32Array(most * 2), new Int32Array(most * 2), new Int32Array(most * 2)];
  const units: { print: number; first: number; last: number }[] = [];
  let count = 0;
  let first = 0;
  const endUnit = (): void => {
    const length = count - first;
    if (length >= SHORTEST && length <= RUN) units.push({ print: mixed(runHash(first, count), seed ^ length), first, last: count - 1 });
    first = count;
  };
  let start = -1;
  let word = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? letterOf(text, at) : LINE;
    if (code === SKIPPED) continue;
    if (code > 0 && code < IDEOGRAPHS) {
      if (start < 0) [start, word] = [at, seed];
      word = (Math.imul(word, 0x01000193) + code) | 0;
      continue;
    }
    if (start >= 0) {
      starts[count] = start;
      ends[count] = at;
      hashes[count++] = word;
      start = -1;
    }
    if (code >= IDEOGRAPHS) {
      // In these scripts no blank ends a word: each sign is one.
      starts[count] = at;
      ends[count] = at + 1;
      hashes[count++] = code;
    } else if (isEnd(text, at)) endUnit();
    // An escape is what it stands for.
    if (text[at] === "\\" && /[nrt]/.test(text[at + 1] ?? "")) at++;
  }
  endUnit();
  for (let at = RUN - 1; at < count; at++) runs[at] = mixed(runHash(at - RUN + 1, at + 1), seed);
  return { count, starts, ends, runs, units };
}

function runHash(from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 0x2545f491) + (hashes[at] as number)) | 0;
  return hash;
}

function mixed(hash: number, seed: number): number {
  let print = Math.imul(hash ^ seed ^ (hash >>> 16), 0x85ebca6b);
  print = Math.imul(print ^ (print >>> 13), 0xc2b2ae35);
  return print ^ (print >>> 16);
}

const [BLANK, LINE, SKIPPED] = [0, -1, -2];
const IDEOGRAPHS = 0x3004;

/** The letter or digit that stands here, in lower case; `BLANK` for what stands between words, `SKIPPED` for what nobody sees. */
function letterOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 128) {
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95) return code;
    return code >= 65 && code <= 90 ? code | 32 : BLANK;
  }
  if ((code >= 0x200b && code <= 0x200f) || (code >= 0x2060 && code <= 0x206f) || code === 0xfeff || code === 0xad) return SKIPPED;
  if (code <= 0xbf || (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code < IDEOGRAPHS)) return BLANK;
  return text.charAt(at).toLowerCase().charCodeAt(0);
}

/** A sentence, a line, or what stands in quotes or brackets ends here. */
function isEnd(text: string, at: number): boolean {
  const sign = text[at] ?? "\n";
  return '\n\\"{}[]<>'.includes(sign) || (".!?".includes(sign) && /^\s?$/.test(text[at + 1] ?? ""));
}
