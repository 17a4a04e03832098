import { hash } from "node:crypto";
import { canonicalJson, type Json } from "../core/json.ts";
import { LOOK_ALIKES } from "../core/look-alikes.ts";
import type { Request } from "../core/request.ts";
import { roleOf } from "./flow/argument-role.ts";
import { seen } from "./flow/fold.ts";
import { actOf, bareName, type ToolAct } from "./flow/tool-act.ts";
import { wordsOfName } from "./flow/words.ts";

/** What a call is, so that another can be told to be the same: what it acts upon, exactly, and what it says, as words. Small, whatever the call. */
export interface Print {
  readonly exact: string;
  /** Each word of the text once, as a number, in ascending order. */
  readonly words: Int32Array | undefined;
  /** Of both. */
  readonly whole: string;
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
/** What a call is named or numbered by, and not about. */
const VOLATILE = wordsOf(
  "timestamp nonce idempotency uuid trace correlation created updated now seq sequence counter attempt retry number nr nummer zeitstempel",
);
/** What also reaches somebody, or something that is there, makes no new thing only. */
const REACHING: ReadonlySet<string> = new Set(["pay", "send", "reserve", "buy", "add", "change"]);
/** The name of what is made, where something is made that its own maker numbers. */
const OWN = wordsOf("id ids key ref reference referenz kennung external extern own request client unique");
const TITLE = wordsOf("title titel subject betreff summary name headline description beschreibung message nachricht");
/** Days, months and numbers that are written out. */
const COUNTED = wordsOf(
  `monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mon tue wed thu fri sat sun
   january february march april may june july august september october november december januar februar marz mai juni juli oktober dezember
   jan feb mar apr jun jul aug sep sept oct okt nov dec dez today yesterday tomorrow heute gestern morgen
   one two three four five six seven eight nine ten eleven twelve first second third
   eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf erste zweite dritte`,
);
/** A shorter text is compared as it is: in `set_cell` a number is all that is said. */
const FEWEST_WORDS = 6;
const LONGEST = 8_000;
const MOST_LEAVES = 2_000;
const DIFFERENT = 0.3;
/** One word may always be another one, which is two that differ; in long texts two. */
const [LEAST_DIFFERENT, MOST_DIFFERENT] = [2, 4];
/** What is longer is kept by its hash. */
const LONGEST_EXACT = 44;

/**
 * Whom it reaches and what it acts upon is kept exactly, or a hundred reminders to a hundred customers would be one. Of a write's text only
 * the words count, with all numbers alike; a read is the same only if every value is.
 */
export function printOf({ action }: Request, effect: "read" | "write"): Print {
  const { type, tool = type, args = {} } = action;
  if (effect === "read") return printed(canonicalJson(args), undefined);
  const act = actOf(bareName(tool));
  const makes = act.deeds.includes("create") && !act.deeds.some((deed) => REACHING.has(deed));
  const exact: string[] = [];
  const said: string[] = [];
  /** Short texts that name what is made, and its own numbers: of these a loop makes a new one each time. */
  const [titles, numbers]: [string[], string[]] = [[], []];
  let leaves = 0;
  const walk = (node: Json, path: string, name: string, role: string, depth: number): void => {
    if (++leaves > MOST_LEAVES || depth > 64) return;
    if (Array.isArray(node)) for (const item of node) walk(item, `${path}/`, name, role, depth + 1);
    else if (typeof node === "object" && node !== null)
      for (const [key, item] of Object.entries(node)) {
        const own = roleOf(key, act);
        walk(item, `${path}/${key}`, key, own === "option" ? role : own, depth + 1);
      }
    else if (wordsOfName(name).some((word) => VOLATILE.has(word))) return;
    else if (typeof node === "string" && (role === "content" || (role === "option" && node.trim().split(/\s+/, 5).length > 4))) {
      said.push(node);
      if (makes && wordsOfName(name).some((word) => TITLE.has(word))) titles.push(node);
    } else (makes && isOwnNumber(name, act) ? numbers : exact).push(`${path}=${typeof node} ${typeof node === "string" ? plain(node) : String(node)}`);
  };
  walk(args, "", "", "option", 0);
  const text = said.map((one) => (one.length <= 2 * LONGEST ? one : `${one.slice(0, LONGEST)} ${one.slice(-LONGEST)}`)).join(" ");
  const words = wordsIn(text.length <= 4 * LONGEST ? text : text.slice(0, 4 * LONGEST));
  const isTitled = titles.length > 0 && titles.length === said.length && words.some((word) => word !== NUMBER);
  if (words.length >= FEWEST_WORDS || isTitled) return printed(exact.sort().join("\n"), new Set(words));
  return printed([...exact, ...numbers].sort().concat(said.map(plain)).join("\n"), undefined);
}

/** `id`, `ticket_id` of a tool that makes tickets, `external_reference`; and not `customer_id`. */
const isOwnNumber = (name: string, { words }: ToolAct): boolean => {
  const named = wordsOfName(name);
  return named.some((word) => OWN.has(word)) && named.every((word) => OWN.has(word) || words.includes(word));
};

function printed(exact: string, words: ReadonlySet<string> | undefined): Print {
  const short = exact.length <= LONGEST_EXACT ? exact : hash("sha256", exact, "base64");
  const marks = words && Int32Array.from(words, markOf).sort();
  return { exact: short, words: marks, whole: marks === undefined ? short : hash("sha256", `${short}\n${marks.join()}`, "base64") };
}

/** FNV-1a. Two words that are one here make two calls alike, and nothing worse. */
function markOf(word: string): number {
  let mark = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) mark = Math.imul(mark ^ word.charCodeAt(at), 0x01000193);
  return mark | 0;
}

/** Stands for every number. */
const NUMBER = "#";

/**
 * ATTACK: what nobody sees, full width, an accent or a letter of another script in a word would make of each call a new one. All marks go: what
 * they tell apart in some scripts is no more than a word.
 */
function wordsIn(text: string): readonly string[] {
  const read = seen(text.normalize("NFKD"))
    .toLowerCase()
    .replace(FOREIGN, (sign) => (MARK.test(sign) ? "" : inLatin(sign)));
  const words = read.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => (/\p{N}/u.test(word) || COUNTED.has(word) ? NUMBER : word));
}
const FOREIGN = /[^\0-\x7f]/gu;
const MARK = /\p{M}/u;

/** What looks alike in capitals only is alike as well: case does not count. */
const inLatin = (sign: string): string => (LOOK_ALIKES.get(sign) ?? LOOK_ALIKES.get(sign.toUpperCase()))?.toLowerCase() ?? sign;

/** A value as it is, but for what nobody sees. */
const plain = (text: string): string => seen(text.normalize("NFKC"));

/** The same thing again: nothing differs, or up to two words of a text. */
export function alike(a: Print, b: Print): boolean {
  if (a.exact !== b.exact) return false;
  if (a.words === undefined || b.words === undefined) return a.words === b.words;
  const [x, y] = [a.words, b.words];
  let left = Math.min(MOST_DIFFERENT, Math.max(LEAST_DIFFERENT, Math.floor(DIFFERENT * Math.max(x.length, y.length))));
  // Of a title of a few words one is all that it says.
  if (Math.min(x.length, y.length) < FEWEST_WORDS - 1) left = 0;
  for (let [i, j] = [0, 0]; i < x.length || j < y.length; ) {
    const [one, other] = [x[i] ?? Infinity, y[j] ?? Infinity];
    if (one === other) [i, j] = [i + 1, j + 1];
    else if (--left < 0) return false;
    else if (one < other) i++;
    else j++;
  }
  return true;
}
