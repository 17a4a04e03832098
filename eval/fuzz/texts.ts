import { hostileTexts } from "../../src/detectors/hostile.ts";
import { detectors } from "../../src/detectors/index.ts";
import { chance } from "../../test/chance.ts";
import { disguises } from "../injection/disguises.ts";

const PIECES = detectors.flatMap(({ examples }) => [...examples.hit, ...examples.miss]);
const RUNS = hostileTexts(64, detectors).map(({ text }) => text);
const DISGUISES = Object.values(disguises);
const BETWEEN = ["", " ", "\n", "\n\n", ", ", ": ", '": "', "=", "\\n", "\u200b", "\u0301", "](", "&", "\r", "\0", "\ufeff"];
/** Where units of a kind begin, and how many there are: ASCII, Latin, Cyrillic, marks, spaces and signs that are not seen, CJK, halves of pairs, private use, fullwidth. */
const BLOCKS: readonly (readonly [from: number, count: number])[] = [
  [0, 128],
  [128, 256],
  [0x400, 256],
  [0x300, 112],
  [0x2000, 112],
  [0x4e00, 512],
  [0xd800, 2048],
  [0xe000, 64],
  [0xfe00, 512],
];

/** Texts longer than this are looked at in slices; one in so many is made so long. */
const [LONG, ONE_IN] = [70_000, 20_000];

/**
 * The texts of a seed, one after the other, always the same: what detectors look for and nearly look for, joined, dressed up to three times as the
 * decoders know it, cut, doubled and overwritten with units of any kind, halves of pairs included. Most are a few hundred units long, one in twenty thousand
 * some seventy thousand.
 */
export function textsOf(seed: number): () => string {
  const { below, pick: oneOf } = chance(seed);
  const noise = (): string => {
    const [from, count] = oneOf(BLOCKS);
    return Array.from({ length: 1 + below(24) }, () => String.fromCharCode(from + below(count))).join("");
  };
  const piece = (): string => {
    const kind = below(10);
    return kind < 6 ? oneOf(PIECES) : kind < 8 ? oneOf(RUNS) : noise();
  };
  const broken = (text: string): string => {
    const [at, length] = [below(text.length + 1), below(32)];
    const rest = text.slice(at + length);
    switch (below(6)) {
      case 0:
        return text.slice(0, at) + rest;
      case 1:
        return text.slice(0, at) + text.slice(at, at + length).repeat(1 + below(4)) + rest;
      case 2:
        return text.slice(0, at) + noise() + rest;
      case 3:
        return text.slice(0, at) + piece() + text.slice(at);
      case 4:
        return text.slice(0, at).toUpperCase() + text.slice(at);
      default:
        return text.slice(at) + text.slice(0, at);
    }
  };
  return () => {
    let text = piece();
    for (let more = below(4); more > 0; more--) text += oneOf(BETWEEN) + piece();
    if (below(8) === 0) for (let layers = 1 + below(3); layers > 0; layers--) text = oneOf(DISGUISES)(text.slice(0, 4096));
    for (let times = below(5); times > 0; times--) text = broken(text);
    return below(ONE_IN) === 0 ? text.repeat(Math.ceil(LONG / (text.length + 1))).slice(0, LONG) : text;
  };
}
