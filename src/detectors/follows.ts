/** What may stand before a match, for `PatternOptions.follows`. */

const SEPARATORS = new Set(Array.from(" \t\r\n\f\v\"'`=:>,([|;", (sign) => sign.charCodeAt(0)));

/** What stands between a name and its value, and every space there is. */
export function isSeparator(unit: number): boolean {
  return SEPARATORS.has(unit) || unit > 127;
}

/** Anything but an ASCII letter, digit or underscore. */
export function isOutsideWord(unit: number): boolean {
  return !((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95);
}
