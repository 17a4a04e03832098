import { ERROR, isList, isMap, type Value } from "./value.ts";

type Method = (receiver: Value, args: readonly Value[]) => Value;

/** The functions that conditions may call, besides the macros `has`, `all`, `exists`, `exists_one`, `filter`, `map` and `matches`. */
export const METHODS: Readonly<Record<string, { readonly takes: number; readonly call: Method }>> = {
  startsWith: { takes: 1, call: onText((text, part) => text.startsWith(part)) },
  endsWith: { takes: 1, call: onText((text, part) => text.endsWith(part)) },
  contains: { takes: 1, call: onText((text, part) => text.includes(part)) },
  lowerAscii: { takes: 0, call: onText((text) => text.toLowerCase()) },
  upperAscii: { takes: 0, call: onText((text) => text.toUpperCase()) },
  trim: { takes: 0, call: onText((text) => text.trim()) },
  size: { takes: 0, call: size },
};

export const FUNCTIONS: Readonly<Record<string, (value: Value) => Value>> = { size, double: toDouble, int: toInt, string: toText };

function onText(call: (text: string, part: string) => Value): Method {
  return (receiver, [part = ""]) => (typeof receiver === "string" && typeof part === "string" ? call(receiver, part) : ERROR);
}

/** Characters of a text (code points), items of a list, names of a map. */
function size(value: Value): Value {
  if (typeof value === "string") {
    let count = 0;
    for (let i = 0; i < value.length; i++, count++) {
      const high = value.charCodeAt(i);
      if (high >= 0xd800 && high < 0xdc00 && i + 1 < value.length && (value.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
    }
    return BigInt(count);
  }
  if (isList(value)) return BigInt(value.length);
  return isMap(value) ? BigInt(Object.keys(value).length) : ERROR;
}

function toDouble(value: Value): Value {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  // Only plain decimals: what a text may also be read as (hex, "infinity") would be a second way to write the same amount.
  return typeof value === "string" && /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(value) ? Number(value) : ERROR;
}

function toInt(value: Value): Value {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : ERROR;
  return typeof value === "string" && /^-?\d{1,18}$/.test(value) ? BigInt(value) : ERROR;
}

function toText(value: Value): Value {
  if (typeof value === "string") return value;
  return typeof value === "bigint" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)) ? String(value) : ERROR;
}
