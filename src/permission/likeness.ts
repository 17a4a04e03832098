import type { Json } from "../core/json.ts";
import type { Request } from "../core/request.ts";
import { roleOf } from "./flow/argument-role.ts";
import { actOf, bareName } from "./flow/tool-act.ts";
import { wordsOfName } from "./flow/words.ts";

/** What a call is, so that another can be told to be the same: what it acts upon, exactly, and what it says, as words. */
export interface Print {
  readonly exact: string;
  readonly words: ReadonlySet<string> | undefined;
}

/** What a call is named or numbered by, and not about. */
const VOLATILE = new Set(
  "timestamp nonce idempotency uuid trace correlation created updated now seq sequence counter attempt retry number nr nummer zeitstempel".split(" "),
);
/** A shorter text is compared as it is: in `set_cell` a number is all that is said. */
const FEWEST_WORDS = 6;
const LONGEST = 8_000;
const MOST_LEAVES = 2_000;
const DIFFERENT = 0.3;
const MOST_DIFFERENT = 4;

/**
 * Whom it reaches and what it acts upon is kept exactly, or a hundred reminders to a hundred customers would be one. Of a write's text only
 * the words count, with all numbers alike; a read is the same only if every value is.
 */
export function printOf({ action }: Request, effect: "read" | "write"): Print {
  const { type, tool = type, args = {} } = action;
  if (effect === "read") return { exact: JSON.stringify(args), words: undefined };
  const act = actOf(bareName(tool));
  const exact: string[] = [];
  const said: string[] = [];
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
    else if (typeof node === "string" && (role === "content" || (role === "option" && node.trim().split(/\s+/, 5).length > 4))) said.push(node);
    else exact.push(`${path}=${typeof node} ${String(node)}`);
  };
  walk(args, "", "", "option", 0);
  exact.sort();
  const text = said.map((one) => (one.length <= 2 * LONGEST ? one : `${one.slice(0, LONGEST)} ${one.slice(-LONGEST)}`)).join(" ");
  const words = (text.length <= 4 * LONGEST ? text : text.slice(0, 4 * LONGEST)).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < FEWEST_WORDS) return { exact: [...exact, ...said].join("\n"), words: undefined };
  return { exact: exact.join("\n"), words: new Set(words.map((word) => (/\p{N}/u.test(word) ? "#" : word))) };
}

/** The same thing again: nothing differs, or up to two words of a text. */
export function alike(a: Print, b: Print): boolean {
  if (a.exact !== b.exact) return false;
  if (a.words === undefined || b.words === undefined) return a.words === b.words;
  const most = Math.min(MOST_DIFFERENT, Math.floor(DIFFERENT * Math.max(a.words.size, b.words.size)));
  if (Math.abs(a.words.size - b.words.size) > most) return false;
  let different = 0;
  for (const word of a.words) if (!b.words.has(word) && ++different > most) return false;
  for (const word of b.words) if (!a.words.has(word) && ++different > most) return false;
  return true;
}
