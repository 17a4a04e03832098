import { barredBehind, neverBehindDigit } from "./behind-digit.ts";
import { compact, jointsOf } from "./compact.ts";
import { DERIVED } from "./derived.table.ts";
import { leads } from "./leads.ts";
import { extent, readRegExp, unfinished } from "./regexp.ts";

/** An expression, and what of it is wanted: where literals are given nobody asks how it begins, and the second expression is many times as long. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly begins: boolean;
  readonly waits: boolean;
}

/** What is read off an expression. */
export interface Derived {
  /** How far it looks to the right of its start, and to the left of it; null: without an end. */
  readonly right: number | null;
  readonly left: number | null;
  /** Where it gets a joint. */
  readonly joints?: readonly number[];
  /** Behind which ASCII code units no match begins, in hexadecimal. */
  readonly barred: string;
  readonly notBehindDigit: boolean;
  /** With which texts a match begins. */
  readonly beginnings?: readonly string[];
  /** The expression that fits where the end of a text could change a match, with its joints. */
  readonly grows?: string;
}

/** Whoever writes the table is told of each expression that detectors are made of. */
export const written: { tell?: (expression: Expression) => void } = {};

/**
 * What is read off an expression, when it is first wanted. For all that ships it stands in a table already: reading is most of a start's work. An
 * expression that is not there, an operator's own or one that was changed just now, is read.
 */
export function derivedOf(expression: Expression): () => Derived {
  written.tell?.(expression);
  let known: Derived | undefined;
  return () => (known ??= inTable(keyOf(expression)) ?? derive(expression));
}

export function derive({ source, flags, begins, waits }: Expression): Derived {
  const tree = readRegExp(source);
  const { right, left } = extent(tree);
  const beginnings = begins ? leads(tree) : undefined;
  const grows = waits ? compact(unfinished(tree) ?? NEVER) : undefined;
  const joints = jointsOf(source);
  return {
    right: finite(right),
    left: finite(left),
    ...(joints.length === 0 ? {} : { joints }),
    barred: barredBehind(tree, flags).toString(16),
    notBehindDigit: neverBehindDigit(tree),
    ...(beginnings === undefined ? {} : { beginnings }),
    ...(grows === undefined ? {} : { grows }),
  };
}

/** Of the expression itself, so that one that was changed never gets what was read off another. */
export function keyOf({ source, flags, begins, waits }: Expression): string {
  let [one, two] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < source.length; at++) {
    const unit = source.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x85ebca6b);
    two ^= two >>> 13;
  }
  return `${(one >>> 0).toString(36)} ${(two >>> 0).toString(36)} ${source.length}${flags}${begins ? "b" : ""}${waits ? "w" : ""}`;
}

const NEVER = "(?!)";
const finite = (count: number): number | null => (Number.isFinite(count) ? count : null);

function inTable(key: string): Derived | undefined {
  const text = DERIVED[key];
  return text === undefined ? undefined : JSON.parse(text);
}
