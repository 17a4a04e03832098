import { normalise } from "../normalise.ts";
import { decodeBits, decodeLetterNumbers, decodeMorse, decodeNumbers, decodeRun } from "./codes.ts";
import { type Layer, whole } from "./layer.ts";
import { readings } from "./readings.ts";
import { askedIn, asking, MORSE, NUMBERS, stretchEnd, stretches, WORD } from "./signs.ts";

/** A code in a code in a code is read; nobody's model unwraps more by itself. */
const DEEPEST = 3;
/** The most other readings of one text: hostile text must not multiply. */
const MOST = 24;

/**
 * What else a text says: the readings of the whole (escapes, ciphers, spacing) and of the runs in it that carry text in a code, each with a
 * map to the characters of the given text. Where nothing looks encoded this costs one pass. The text is a window, so its length is bounded.
 */
export function decodings(text: string): readonly Layer[] {
  const layers: Layer[] = [];
  decodeInto(layers, text, (unit) => ({ from: unit, to: unit + 1 }), DEEPEST, "");
  return layers;
}

/** The ciphers once more, in a text as it was before its letters were folded: an umlaut stands still in a cipher, and folded it would be turned. */
export function unciphered(text: string): readonly Layer[] {
  const asked = askedIn(text, WORDS);
  return readings.flatMap(({ name, cipher, words, calls, read }): Layer[] => {
    if (cipher === undefined || (words !== undefined && (asked.get(name) ?? 0) < words.least) || calls?.test(text) === false) return [];
    const inner = read(text);
    const normal = normalise(inner.text);
    const place: Layer["place"] = (unit) => spanned(inner.place, normal.place?.(unit).from ?? unit, normal.place?.(unit).to ?? unit + 1);
    return [{ text: normal.text, place }];
  });
}

function decodeInto(layers: Layer[], text: string, place: Layer["place"], depth: number, by: string): void {
  const add = (inner: Layer, name: string): void => {
    if (layers.length >= MOST || inner.text === text) return;
    const normal = normalise(inner.text);
    const outer: Layer["place"] = (unit) => {
      const [first, last] = normal.place === undefined ? [unit, unit] : [normal.place(unit).from, normal.place(unit).to - 1];
      return spanned(place, inner.place(first).from, inner.place(Math.max(first, last)).to);
    };
    layers.push({ text: normal.text, place: outer });
    if (depth > 1) decodeInto(layers, normal.text, outer, depth - 1, name);
  };
  const asked = askedIn(text, WORDS);
  for (const { name, words, calls, again, read } of readings) {
    if ((name === by && again !== true) || (words !== undefined && (asked.get(name) ?? 0) < words.least) || calls?.test(text) === false) continue;
    add(read(text), name);
  }
  for (const lines of longWords(text)) for (const { said, from, to } of saidIn(text, lines)) add(whole(said, from, to), "code");
  for (const { kind, rows } of ROWS) {
    if (stretches(text, kind, ROW).next().done) continue;
    for (const { row, decode } of rows) {
      for (const { 0: run, index } of text.matchAll(row)) {
        const said = decode(run);
        if (said !== undefined) add(whole(said, index, index + run.length), "code");
      }
    }
  }
}

/** The characters that a range of a text was read from; backwards where it was reversed. */
function spanned(place: Layer["place"], from: number, to: number): { from: number; to: number } {
  const [first, last] = [place(from), place(Math.max(from, to - 1))];
  return { from: Math.min(first.from, last.from), to: Math.max(first.to, last.to) };
}

const WORDS = asking(readings.flatMap(({ name, words }) => (words?.any ?? []).map((word) => ({ word, name }))));

/** Ten numbers, or ten signs of Morse, in a row are at least so long. */
const ROW = 19;
interface Row {
  readonly row: RegExp;
  readonly decode: (run: string) => string | undefined;
}
/** The expressions are many and look closely, so one look before says whether there is anything to look at. */
const ROWS: readonly { readonly kind: number; readonly rows: readonly Row[] }[] = [
  {
    kind: NUMBERS,
    rows: [
      { row: /[01]{8}(?:[ ,]?[01]{8}){9,}/g, decode: (run) => decodeNumbers(run, 2) },
      { row: /(?:0x)?[0-9a-fA-F]{2}(?:[ ,:]{1,2}(?:0x)?[0-9a-fA-F]{2}){9,}(?![0-9a-fA-F])/g, decode: (run) => decodeNumbers(run.replace(/0x/g, ""), 16) },
      { row: /(?<!\d)[1-9]\d{1,2}(?:[ ,]{1,2}[1-9]\d{1,2}){9,}(?!\d)/g, decode: (run) => decodeNumbers(run, 10) },
      { row: /(?<!\d)[0-3]?[0-7]{2}(?:[ ,]{1,2}[0-3]?[0-7]{2}){9,}(?!\d)/g, decode: (run) => decodeNumbers(run, 8) },
      { row: /(?<!\d)\d{1,2}(?:[ ,.-]{1,2}\d{1,2}){9,}(?!\d)/g, decode: decodeLetterNumbers },
    ],
  },
  { kind: MORSE, rows: [{ row: /(?<![A-Za-z0-9])[.·•_−-]{1,8}(?:(?: {1,4}| ?[/|\r\n]{1,2} ?)[.·•_−-]{1,8}){9,}/g, decode: decodeMorse }] },
];

const UNSEEN = /[\u200b-\u200d\u2060-\u2064\ufeff]{80,}/g;
/** What signs that nobody sees carry as bits. It is read off the text before these signs are taken out. */
export function unseenBits(text: string): readonly Layer[] {
  return [...text.matchAll(UNSEEN)].flatMap(({ 0: run, index }) => {
    const said = decodeBits(run);
    return said === undefined ? [] : [whole(said, index, index + run.length)];
  });
}

interface Run {
  readonly from: number;
  readonly to: number;
}
const LONG = 20;
const LINE = 56;
/** Words so long that they may be a code. Codes are broken into lines, so a long line may go on in the next. */
function* longWords(text: string): Generator<readonly Run[]> {
  let end = 0;
  for (const { from, to } of stretches(text, WORD, LONG)) {
    if (from < end) continue;
    end = to;
    const lines: Run[] = [{ from, to }];
    for (let line = from; end - line >= LINE && /[\r\n]/.test(text[end] ?? "") && end + 1 < text.length; ) {
      line = end + (text.startsWith("\r\n", end) ? 2 : 1);
      end = stretchEnd(text, line, WORD);
      lines.push({ from: line, to: end });
    }
    yield lines;
  }
}

interface Said extends Run {
  readonly said: string;
}
/** ATTACK: any word in the line behind a code would break the code, were it only read together with that. */
function saidIn(text: string, lines: readonly Run[]): readonly Said[] {
  const all = saidBy(text, lines, lines.length);
  if (all.length > 0 || lines.length === 1) return all;
  const before = saidBy(text, lines, lines.length - 1);
  return before.length > 0 ? before : lines.slice(0, MOST_LINES).flatMap((line) => saidBy(text, [line], 1));
}
/** Of lines that are no one code together, so many are read each alone. */
const MOST_LINES = 16;

function saidBy(text: string, lines: readonly Run[], count: number): readonly Said[] {
  const { from } = lines[0] as Run;
  const { to } = lines[count - 1] as Run;
  const run = text.slice(from, to);
  const said = decodeRun(count === 1 ? run : run.replace(/[\r\n]/g, ""));
  return said === undefined ? [] : [{ said, from, to }];
}
