/** Values that somebody puts into something larger: a statement, a command, an address, a path. What stands around them only the tool knows. */

/** What cannot be part of a text in a statement of some dialect. */
const STATEMENT_SIGN = /['"`\\;#\u0000-\u001f\u007f]|--|\/\*|\*\//;

export const foundInSql = (value: string): string | undefined => (STATEMENT_SIGN.test(value) ? "statement" : undefined);

/**
 * For a value that a tool puts between single quotes: each quote is doubled, as standard SQL wants it. Pairs of quotes are taken to be doubled
 * already, so that doing it twice does no more. A backslash is a sign of its own in some dialects and not in others: such a value cannot be written.
 */
export function escapedForSql(value: string): string | undefined {
  if (/[\\\u0000]/.test(value)) return undefined;
  return /(?<!')(?:'')*'(?!')/.test(value) ? value.replaceAll("'", "''") : value;
}

/** Letters, digits and signs that no shell interprets. */
const WORD = /^[\p{L}\p{M}\p{N}_@%+=:,./][\p{L}\p{M}\p{N}_@%+=:,./-]*$/u;
const QUOTED = /^'([^'\u0000]*)'(?:\\''[^'\u0000]*')*$/;

export const foundInShell = (value: string): string | undefined => (value.startsWith("-") ? "option" : WORD.test(value) ? undefined : "command");

/** One word of a POSIX shell between single quotes, in which nothing means anything. Quotes do not help against a value that is read as an option. */
export function escapedForShell(value: string): string | undefined {
  if (WORD.test(value)) return value;
  const quoted = QUOTED.exec(value);
  if (quoted !== null) return quoted[1]?.startsWith("-") ? undefined : value;
  return value.startsWith("-") || value.includes("\0") ? undefined : `'${value.replaceAll("'", "'\\''")}'`;
}

/** An address of the web, which every reader reads alike and which says who is asked. */
export function foundInUrl(value: string): string | undefined {
  const parsed = /[\s\\\u0000-\u001f\u007f-\u009f]/.test(value) ? null : URL.parse(value);
  return parsed === null || !/^https?:\/\/[^/]/i.test(value) || parsed.username !== "" || parsed.password !== "" ? "address" : undefined;
}

/** A path below the place where the tool works. */
export function foundInPath(value: string): string | undefined {
  const leads = /^(?:[/\\~]|[A-Za-z]:)|\\|[\u0000-\u001f\u007f]|%(?:2e|2f|5c|00)/i.test(value) || value.split("/").some((step) => step === "..");
  return leads || value === "" ? "path" : undefined;
}
