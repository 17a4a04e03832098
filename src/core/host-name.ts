/**
 * True for a name of a host in the one form in which names are compared: lower case, letters, digits, `-` and `_`, without a dot at the
 * end. INVARIANT: a name whose last part is a number in any form is none, because resolvers read such as addresses.
 */
export function isHostName(text: string): boolean {
  if (text.length > 253 || !/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/.test(text)) return false;
  const labels = text.split(".");
  return labels.every((label) => label.length <= 63) && !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}
