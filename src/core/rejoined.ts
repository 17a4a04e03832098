import type { SourceKind } from "./content.ts";
import type { Span } from "./detector.ts";
import type { Match, Scanner } from "./scanner.ts";

/**
 * What stands in a text only for those who do not see what is `gone` from it: a key with invisible characters between its letters is the key again
 * where these are taken out, and for every reader's eye. `gone` is sorted and disjoint; the offsets are those of the text as it is.
 */
export function rejoined(scanner: Scanner, text: string, source: SourceKind, gone: readonly Span[]): Match[] {
  if (gone.length === 0) return [];
  const places = new Int32Array(text.length);
  let [bare, done, count] = ["", 0, 0];
  const take = (end: number): void => {
    bare += text.slice(done, end);
    for (let at = done; at < end; at++) places[count++] = at;
  };
  for (const { start, end } of gone) {
    take(start);
    done = end;
  }
  take(text.length);
  return scanner.matches(bare, source).flatMap((match) => {
    const [start, end] = [places[match.start] as number, (places[match.end - 1] as number) + 1];
    return end - start === match.end - match.start ? [] : [{ ...match, start, end }];
  });
}
