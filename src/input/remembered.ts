import { hash } from "node:crypto";
import type { Finding } from "../core/index.ts";
import type { Finder } from "./find.ts";
import type { Found } from "./texts.ts";

/** So many texts are known; one with many findings counts for more, so that a wall of them costs no memory but forgets others. */
const MOST = 4_096;
const weigh = (findings: readonly Finding[]): number => 1 + findings.length / 8;
/** A longer text is read again each time: to hash it would be a stall itself. Code units. */
const LONGEST = 2 ** 20;

/**
 * Remembers what was found in which text: a conversation is sent again with every turn, and the same few values stand in most calls. The key
 * is the SHA-256 of the text and of what stands before it, with both lengths, so nobody can make one text answer for another, and neither the
 * text nor what was found in it stays in memory, only offsets. Text with lone surrogates has no unique UTF-8 form and is not remembered. Two
 * generations bound it; a request of very many texts empties both, which costs time and never an answer.
 */
export function remembered({ words, now, slowly }: Finder): Finder {
  const known = generations<Finding[]>(MOST, weigh);
  return {
    words,
    now(found) {
      const key = keyOf([found]);
      return key === undefined ? now(found) : (known.get(key) ?? known.keep(key, now(found)));
    },
    async slowly(found, pause) {
      const key = found.text.length > LONGEST ? undefined : keyOf([found]);
      return key === undefined ? slowly(found, pause) : (known.get(key) ?? known.keep(key, await slowly(found, pause)));
    },
  };
}

/**
 * The same for all texts of a request, with one hash for the names and values of one content: what a client says of itself with each call (`_meta`)
 * is a dozen short texts, and to know each of them again costs more than to read them.
 */
export function rememberedTogether(look: (found: Found) => Finding[]): (texts: readonly Found[]) => Finding[][] {
  const known = generations<Finding[][]>(MOST, (all) => all.reduce((sum, findings) => sum + weigh(findings), 0));
  return (texts) => {
    const all: Finding[][] = [];
    for (let from = 0; from < texts.length; ) {
      const to = endOfContent(texts, from);
      const some = texts.slice(from, to);
      const key = some.length === 1 ? undefined : keyOf(some);
      all.push(...(key === undefined ? some.map(look) : (known.get(key) ?? known.keep(key, some.map(look)))));
      from = to;
    }
    return all;
  };
}

/** So many texts, of so many code units together, are known as one: of what is longer each is known by itself, and not hashed twice. */
const [MOST_TOGETHER, LONGEST_TOGETHER] = [32, 2_048];

/** Where the texts end that stand in the same content as this one. Arguments are other ones in each call, and stand alone. */
function endOfContent(texts: readonly Found[], from: number): number {
  const { at, source } = texts[from] as Found;
  const slash = at.startsWith("content/") ? at.indexOf("/", 8) : -1;
  if (slash < 0) return from + 1;
  const content = at.slice(0, slash + 1);
  let [to, length] = [from, 0];
  for (; to < texts.length && to - from < MOST_TOGETHER; to++) {
    const one = texts[to] as Found;
    length += one.before.length + one.text.length;
    if (length > LONGEST_TOGETHER || one.source !== source || !one.at.startsWith(content)) break;
  }
  return Math.max(to, from + 1);
}

/** Of these texts and no others; undefined where they have no form that only they have. */
function keyOf(texts: readonly Found[]): string | undefined {
  let [sizes, whole] = [texts[0]?.source ?? "", ""];
  for (const { before, text } of texts) {
    // Each by itself: two lone surrogates that meet would be a character.
    if (!text.isWellFormed() || !before.isWellFormed()) return undefined;
    sizes += ` ${before.length} ${text.length}`;
    whole += before + text;
  }
  return `${sizes} ${hash("sha256", whole, "base64")}`;
}

/** What is known by a key, as long as it is asked for now and then: what weighs at most twice `most`, and what came last. */
export function generations<Value extends object>(most: number, weigh: (value: Value) => number = () => 1) {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let weight = 0;
  const keep = (key: string, value: Value): Value => {
    if (weight >= most) [old, young, weight] = [young, new Map(), 0];
    young.set(key, value);
    weight += weigh(value);
    return value;
  };
  return {
    get(key: string): Value | undefined {
      const aged = young.has(key) ? undefined : old.get(key);
      return aged === undefined ? young.get(key) : keep(key, aged);
    },
    /** Returns what it was given. */
    keep,
  };
}
