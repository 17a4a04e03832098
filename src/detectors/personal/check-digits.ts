/** Check digits of identity numbers, as their registries define them. All take digits (or letters and digits) without gaps. */

const digit = (text: string, at: number): number => Number(text[at]);
const sumOf = (number: number): number => Math.floor(number / 10) + (number % 10);

export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * digit(digits, at), 0);
}

/** ISO/IEC 7812-1, annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const value = digit(digits, digits.length - 1 - at);
    sum += at % 2 === 0 ? value : sumOf(2 * value);
  }
  return sum % 10 === 0;
}

/** ISO/IEC 7064 mod 11,10: German tax numbers and VAT numbers, the Croatian OIB. */
export function mod1110(digits: string): boolean {
  let product = 10;
  for (const place of digits.slice(0, -1)) product = (((Number(place) + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** German pension insurance (VKVV section 4): the letter as two digits, weighted, digit sums. */
export function germanPension(text: string): boolean {
  const digits = spelled(text);
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  return weights.reduce((sum, weight, at) => sum + sumOf(weight * digit(digits, at)), 0) % 10 === digit(digits, 12);
}

/** German health insurance (SGB V section 290): the letter as two digits, weights 1 2 1 2 …, digit sums. */
export function germanHealth(text: string): boolean {
  const digits = spelled(text);
  let sum = 0;
  for (let at = 0; at < 10; at++) sum += sumOf((1 + (at % 2)) * digit(digits, at));
  return sum % 10 === digit(digits, 10);
}

function spelled(text: string): string {
  return text.toUpperCase().replace(/[A-Z]/, (letter) => String(letter.charCodeAt(0) - 64).padStart(2, "0"));
}

/** ICAO Doc 9303, part 3: weights 7 3 1, letters count 10 to 35; the last place is the check digit. */
export function machineReadable(text: string): boolean {
  const places = [...text.slice(0, -1)].map((place) => Number.parseInt(place, 36));
  return places.reduce((sum, value, at) => sum + value * ([7, 3, 1][at % 3] as number), 0) % 10 === Number(text.at(-1));
}

/** The remainder of a long number, place by place; letters count 10 to 35. */
export function remainder(text: string, modulus: number): number {
  let rest = 0;
  for (const place of text.toUpperCase()) rest = (rest * (place > "9" ? 100 : 10) + Number.parseInt(place, 36)) % modulus;
  return rest;
}

/** Day and month that exist, year left open. */
export function isDay(day: number, month: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}
