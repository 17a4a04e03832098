/** Where a text may be cut so that no more than `end` is kept: the two halves of a character beyond U+FFFF stay together, because alone neither can be written. */
export function wholeCharacters(text: string, end: number): number {
  const before = text.charCodeAt(end - 1);
  return end > 0 && before >= 0xd800 && before <= 0xdbff ? end - 1 : end;
}

/** Where a text ends of which no more than `most` is wanted. */
export const cutAt = (text: string, most: number): number => (text.length <= most ? text.length : wholeCharacters(text, most));
