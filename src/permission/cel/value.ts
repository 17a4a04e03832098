/** What a condition computes with: JSON as the caller sent it, whole numbers of the policy as bigint, and ERROR. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value } | typeof ERROR;

/**
 * A value that could not be computed: a missing field, a type that does not fit. A value rather than an exception, because a hostile
 * caller chooses the arguments and exceptions cost a hundred times more.
 */
export const ERROR = Symbol("error");

const MOST_INT = 2n ** 63n - 1n;
const LEAST_INT = -(2n ** 63n);
/** Equality of nested values stops here; deeper ones are not compared but an error. */
const DEEPEST = 64;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value): value is { readonly [key: string]: Value } => typeof value === "object" && value !== null && !Array.isArray(value);

export function field(value: Value, key: string): Value {
  return isMap(value) && Object.hasOwn(value, key) ? value[key]! : ERROR;
}

/** `value[key]`: a name of a map, or a whole number inside a list. */
export function element(value: Value, key: Value): Value {
  if (typeof key === "string") return field(value, key);
  if (!isList(value) || (typeof key !== "bigint" && typeof key !== "number")) return ERROR;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < value.length ? value[index]! : ERROR;
}

export function equal(a: Value, b: Value, depth = 0): Value {
  if (a === ERROR || b === ERROR || depth > DEEPEST) return ERROR;
  if (a === b) return true;
  // A whole number and a double are compared by value; both bounds, so that NaN equals nothing.
  if (typeof a === "bigint") return typeof b === "number" && a <= b && a >= b;
  if (typeof b === "bigint") return typeof a === "number" && a <= b && a >= b;
  if (isList(a) && isList(b)) return a.length === b.length && all(a.keys(), (i) => equal(a[i]!, b[i]!, depth + 1));
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && all(keys, (key) => (Object.hasOwn(b, key) ? equal(a[key]!, b[key]!, depth + 1) : false));
  }
  return false;
}

function all<T>(items: Iterable<T>, test: (item: T) => Value): Value {
  for (const item of items) {
    const answer = test(item);
    if (answer !== true) return answer;
  }
  return true;
}

export function contains(list: Value, value: Value): Value {
  if (value === ERROR) return ERROR;
  if (isList(list)) {
    for (const item of list) {
      const same = equal(value, item);
      if (same !== false) return same;
    }
    return false;
  }
  return isMap(list) ? typeof value === "string" && Object.hasOwn(list, value) : ERROR;
}

export type Comparison = "<" | "<=" | ">" | ">=";

export function compare(op: Comparison, a: Value, b: Value): Value {
  const numbers = (typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint");
  const alike = (typeof a === "string" && typeof b === "string") || (typeof a === "boolean" && typeof b === "boolean");
  if (!numbers && !alike) return ERROR;
  switch (op) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

export type Arithmetic = "+" | "-" | "*" | "/" | "%";

export function calculate(op: Arithmetic, a: Value, b: Value): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return whole(op, a, b);
  if (typeof a === "number" && typeof b === "number") return double(op, a, b);
  if (op !== "+") return ERROR;
  if (typeof a === "string" && typeof b === "string") return a + b;
  return isList(a) && isList(b) ? [...a, ...b] : ERROR;
}

function whole(op: Arithmetic, a: bigint, b: bigint): Value {
  if ((op === "/" || op === "%") && b === 0n) return ERROR;
  const result = op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : op === "/" ? a / b : a % b;
  return result <= MOST_INT && result >= LEAST_INT ? result : ERROR;
}

function double(op: Arithmetic, a: number, b: number): Value {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return ERROR;
  }
}
