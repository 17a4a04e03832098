import type { Passage } from "../core/outcome.ts";
import type { Masking } from "./mask.ts";

/** Cleans the short foreign texts around a request: names, ids, addresses. */
export interface Scrubber {
  /** Cut, and without anything that was found in the request's passages. */
  plain(text: string, most: number): string;
  /** The same for an id; one that looks like a person's address or number becomes a pseudonym. */
  identifier(text: string, most: number): string;
  /** The same for a target; what stands behind `?` or `#` in an address is left out, for tokens travel there. */
  address(text: string, most: number): string;
}

const MOST_FOUND = 200;
const TELEPHONE = /^\+?[0-9][0-9 ()/-]{6,19}$/;
const UUID_OR_TRACE = /^[0-9a-f-]{32,60}$/i;

export function scrubber(passages: readonly Passage[], masking: Masking): Scrubber {
  if (passages.some(({ findings }) => findings.length > 0)) return scrubberOf(foundIn(passages, masking), masking);
  let plain = PLAIN.get(masking);
  if (plain === undefined) PLAIN.set(masking, (plain = scrubberOf(new Map(), masking)));
  return plain;
}

/** Where nothing was found, which is nearly always, all requests share one. */
const PLAIN = new WeakMap<Masking, Scrubber>();

function foundIn(passages: readonly Passage[], masking: Masking): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { text, findings } of passages) {
    for (const finding of findings) {
      const sensitive = finding.kind !== "injection" && finding.kind !== "content";
      if (!sensitive || found.size >= MOST_FOUND || finding.end - finding.start < 4) continue;
      const span = text.slice(finding.start, finding.end);
      if (!found.has(span)) found.set(span, masking.text(span, [{ ...finding, start: 0, end: span.length }]));
    }
  }
  return found;
}

function scrubberOf(found: ReadonlyMap<string, string>, masking: Masking): Scrubber {
  const plain = (text: string, most: number): string => {
    if (found.size === 0 && text.length <= most) return text;
    let clean = text.slice(0, Math.max(most * 4, 4096));
    for (const [span, mask] of found) if (clean.includes(span)) clean = clean.replaceAll(span, () => mask);
    return clean.length > most ? `${clean.slice(0, most)}…` : clean;
  };
  const isPerson = (text: string): boolean => text.includes("@") || (TELEPHONE.test(text) && !UUID_OR_TRACE.test(text));
  const identifier = (text: string, most: number): string => (isPerson(text) ? masking.pseudonym(text) : plain(text, most));
  return {
    plain,
    identifier,
    address: (text, most) => {
      const query = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text.search(/[?#]/) : -1;
      return query < 0 ? identifier(text, most) : `${identifier(text.slice(0, query), most)}?…`;
    },
  };
}
