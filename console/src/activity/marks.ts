/** A stretch of a recorded text; `mask` names the detector whose finding was replaced there. */
export interface Stretch {
  readonly text: string;
  readonly mask?: string;
}

// `[iban]`, or with a keyed digest `[aws-access-key:h:0123456789abcdef]`: what the log writes in the place of a finding.
const MASK = /\[([a-z0-9]+(?:-[a-z0-9]+)*)(?::h:[0-9a-f]{16})?\]/g;

/**
 * Cuts a recorded text at its masks. Only masks of detectors that did find something in it count: a text can contain `[iban]` of its own,
 * and must not look as if something had been hidden there.
 */
export function stretches(excerpt: string, detectors: readonly string[]): readonly Stretch[] {
  const result: Stretch[] = [];
  let at = 0;
  for (const match of excerpt.matchAll(MASK)) {
    const detector = match[1] ?? "";
    if (!detectors.includes(detector)) continue;
    if (match.index > at) result.push({ text: excerpt.slice(at, match.index) });
    result.push({ text: match[0], mask: detector });
    at = match.index + match[0].length;
  }
  if (at < excerpt.length) result.push({ text: excerpt.slice(at) });
  return result;
}
