/** What an address in an answer is part of. */
export interface Targets {
  /** What stands before the address and stays. */
  readonly lead: string;
  readonly targets: readonly string[];
  /** True where it is certain that a person must follow it. What is not certain is loaded. */
  readonly follows: boolean;
  /** True where it is certain that an image or the like stands there. */
  readonly loads: boolean;
  /** True where more belongs to the address than was read, or every other address of the page hangs on it. */
  readonly all: boolean;
}

const LEAD = /^(?:\]\(\s*<?|\]:\s*<?|@import\s+["']|(?:[a-z]+:)?[a-z-]+\s*=\s*["']?|[a-z-]+\(\s*["']?)/i;
/** The longest that the expressions of the detectors read. */
const LONGEST = 3_000;

/** How much of what stands before an address is looked at: the label of a link, the beginning of a tag. */
export const BEHIND = 512;

/** `text`: what a detector of addresses found; `before`: what stands before it. */
export function targetsIn(text: string, before: string): Targets {
  const lead = /^(?:[a-z]+:[\\/]|www\.)/i.test(text) ? "" : (LEAD.exec(text)?.[0] ?? "");
  const target = text.slice(lead.length);
  const all = target.length >= LONGEST || (lead.startsWith("]") && target.endsWith("(")) || (/^href/i.test(lead) && /<base\s[^<>]*$/i.test(before));
  const follows = isFollowed(lead, before);
  return { lead, targets: listed(lead.toLowerCase(), target), follows, loads: !follows && !lead.startsWith("]:"), all };
}

function isFollowed(lead: string, before: string): boolean {
  if (lead === "") return true;
  if (/^(?:action|formaction|ping)/i.test(lead)) return true;
  if (/^href/i.test(lead)) return /<(?:a|area)\s[^<>]*$/i.test(before);
  // A label without brackets, whose own bracket is seen not to stand behind the sign of an image.
  if (!lead.startsWith("](")) return false;
  const label = /(^|[^!])\[[^[\]]*$/.exec(before);
  return label !== null && (label[1] !== "" || before.length < BEHIND);
}

/** Attributes that hold a list, or something else besides an address. */
function listed(lead: string, target: string): readonly string[] {
  if (lead.includes("srcset") || lead.startsWith("ping")) return target.split(/[\s,]+(?=\S{4})/).map((one) => one.trim());
  if (lead.startsWith("content")) return /url\s*=\s*["']?(.+)/i.exec(target)?.slice(1) ?? [];
  return [target];
}
