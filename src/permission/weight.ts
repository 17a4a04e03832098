import { isObject, type Json } from "../core/json.ts";
import { memoise } from "../core/memoise.ts";
import type { Request } from "../core/request.ts";
import { actOf, bareName } from "./flow/tool-act.ts";
import { lookUp, wordsOfName } from "./flow/words.ts";

/**
 * How much an action is, whatever its tool and arguments are called: what rules ask a person about (`act` in conditions). Read off names
 * and values in English and German. What cannot be read counts as the most there is: an amount of `all` is over every threshold.
 */
export interface Weight {
  /** The greatest amount of money in the arguments, in whole units, rounded up; 0 where there is none. */
  readonly money: bigint;
  /** How many records it is about: the longest list, the greatest limit. */
  readonly records: bigint;
  /** It sends a message to somebody outside. */
  readonly message: boolean;
  /** It changes what others may do, or how something is set up. */
  readonly configuration: boolean;
}

type Weighed = { readonly type: string } & Pick<Request["action"], "tool" | "args">;

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const MOST_NAMES = 2_000;
/** Deeper or more than this is not read. */
const MOST_VALUES = 20_000;
const DEEPEST = 64;

export function weightOf({ action }: { readonly action: Weighed }, facts: { readonly effect: string; readonly egress: boolean } | undefined): Weight {
  const kind = kindOf(bareName(action.tool ?? ""));
  const writes = facts?.effect !== "read";
  return {
    ...amountsIn(action.args ?? {}, kind.pays),
    message: action.type === "message.send" || ((facts?.egress ?? false) && writes && kind.sends),
    configuration: writes && kind.configures,
  };
}

/** What a tool does, by its name. */
const kindOf = memoise(MOST_NAMES, (name: string) => {
  const { deeds, things } = actOf(name);
  return {
    pays: things.includes("money") || deeds.includes("pay"),
    sends: deeds.includes("send") || things.includes("message"),
    configures: wordsOfName(name).some((word) => lookUp(CONFIGURATION, word) !== undefined),
  };
});

/** What an argument holds, by its name. */
const holdOf = memoise(MOST_NAMES, (name: string) => {
  const words = wordsOfName(name);
  const has = (table: ReadonlyMap<string, true>): boolean => words.some((word) => lookUp(table, word) !== undefined);
  return { money: has(MONEY), limit: has(LIMIT), other: has(NOT_MONEY) };
});
type Hold = ReturnType<typeof holdOf>;
const NOTHING: Hold = { money: false, limit: false, other: false };

const named = (text: string): ReadonlyMap<string, true> => new Map(text.split(/\s+/).map((word) => [word, true]));
const CONFIGURATION = named(
  `config configuration setting settings policy policies permission permissions role roles privilege privileges access acl firewall webhook webhooks dns flag flags feature
   quota admin rule rules environment env variable konfiguration einstellung einstellungen richtlinie berechtigung berechtigungen rolle rollen zugriff recht rechte regel regeln`,
);
const MONEY = named(
  "amount price total sum fee budget cost value payment salary balance betrag preis summe gebuehr kosten wert zahlung gehalt eur euro usd dollar chf gbp cents",
);
const LIMIT = named("limit count size rows top max batch maximum number anzahl grenze menge");
const MANY = /^(?:\*|%|all|any|every|everything|everyone|alle|alles|jeder)$/i;

function amountsIn(args: { readonly [name: string]: Json }, pays: boolean): Pick<Weight, "money" | "records"> {
  let [money, records, seen] = [0n, 0n, 0];
  const more = (than: bigint, one: bigint): bigint => (one > than ? one : than);
  /** What a thing holds, everything in it holds. */
  const walk = (node: Json, { money: isMoney, limit, other }: Hold, depth: number): void => {
    if (++seen > MOST_VALUES || depth > DEEPEST) {
      money = MOST;
      records = MOST;
    } else if (Array.isArray(node)) {
      records = more(records, BigInt(node.length));
      for (const item of node) if (seen <= MOST_VALUES) walk(item, { money: isMoney, limit, other }, depth + 1);
    } else if (isObject(node)) {
      for (const [name, item] of Object.entries(node)) {
        const own = holdOf(name);
        walk(item, { money: isMoney || own.money, limit: own.limit, other: own.other }, depth + 1);
      }
    } else if (typeof node === "number") {
      // In a payment each number that is not something else is an amount of money.
      if (isMoney || (pays && !other)) money = more(money, amountOf(node));
      if (limit) records = more(records, amountOf(node));
    } else if (typeof node === "string") {
      if (isMoney) money = more(money, amountOf(node));
      records = more(records, manyIn(node));
    }
  };
  for (const [name, value] of Object.entries(args)) walk(value, { ...NOTHING, ...holdOf(name) }, 0);
  return { money, records };
}
const NOT_MONEY = named("id ids year month day date time due quantity qty page offset phone account zip plz jahr monat tag datum zeit konto seite anzahl");

/** Rounded up. Written numbers have points and commas in many ways; the greatest reading counts. */
function amountOf(given: string | number): bigint {
  if (typeof given === "number") return whole(Math.abs(given));
  const text = given.normalize("NFKC");
  const digits = /\d[\d.,'\s_]*(?:e[+-]?\d+)?/i.exec(text)?.[0];
  if (digits === undefined) return text.trim() === "" ? 0n : MOST;
  const plain = digits.replace(/['\s_]/g, "");
  const readings = [plain, plain.replace(/,/g, ""), plain.replace(/\./g, "").replace(",", ".")].map(Number).filter((value) => !Number.isNaN(value));
  return readings.length === 0 ? MOST : whole(Math.max(...readings) * factorOf(text));
}

const FACTORS: readonly (readonly [RegExp, number])[] = [
  [/\d\s*(?:k|tsd\.?|tausend|thousand)\b/i, 1e3],
  [/\d\s*(?:m|mio\.?|million(?:en|s)?)\b/i, 1e6],
  [/\d\s*(?:bn|mrd\.?|billion|milliarden?)\b/i, 1e9],
];
const factorOf = (text: string): number => FACTORS.find(([unit]) => unit.test(text))?.[1] ?? 1;

const whole = (value: number): bigint => (Number.isFinite(value) && value < Number.MAX_SAFE_INTEGER ? BigInt(Math.ceil(value)) : MOST);

/** A list written as text; and a word that means all there are. */
function manyIn(text: string): bigint {
  const trimmed = text.trim();
  if (MANY.test(trimmed)) return MOST;
  return /^[^\s,;]+(?:\s*[,;]\s*[^\s,;]+)+$/.test(trimmed.slice(0, 100_000)) ? BigInt(trimmed.split(/[,;]/).length) : 0n;
}
