import type { Statement } from "../../core/index.ts";

/** The longest statement that is looked at. */
const LONGEST = 20_000;

const WRITES = new Set("insert update delete merge replace upsert".split(" "));
const INSERTS = new Set(["insert", "replace"]);
const SCHEMA = new Set("create alter drop truncate grant revoke comment rename reindex vacuum analyze attach detach".split(" "));
const READS = new Set("select with values table".split(" "));
/** What makes more of a `select` than reading: it writes, locks, runs, waits, or leads out of the database. */
const NEVER = new Set(
  `into outfile dumpfile lock share nowait execute exec call do copy load handler set reset declare begin commit rollback savepoint prepare deallocate listen
  notify pragma use kill shutdown backup restore openrowset opendatasource openquery bulk waitfor go delay procedure function returning import export install dbcc checkpoint reconfigure revert deny disable enable open close
  writetext updatetext send receive raiserror throw print if while goto return`.split(/\s+/),
);
/** Functions that only work something out. Any other could do anything: sleep, read a file, end a session, count up. */
const FUNCTIONS = new Set(
  `abs avg cast ceil ceiling char char_length character_length coalesce concat concat_ws count current_date current_time current_timestamp date date_part date_trunc datetime
  day decimal dense_rank extract first_value floor format greatest group_concat hour ifnull iif instr isnull json_extract julianday last_value lag lead least left length
  lower lpad ltrim max median min minute mod month now ntile nullif nvl numeric octet_length percent_rank position power quarter rank replace right round row_number rpad rtrim
  second sign sqrt strftime string_agg strpos substr substring sum time to_char to_date total trim trunc unicode upper varchar week year
  in exists and or not any all some values over partition by as on using where having when then else case from select distinct union except intersect join with recursive
  between like ilike is limit offset filter within group order array row only materialized lateral natural inner outer cross full interval`.split(/\s+/),
);

/** One stretch of a statement: a blank, a text, a name in quotes, a number, a word, a sign. */
const TOKEN =
  /([ \t\r\n]+)|('(?:[^'\\]|'')*')|("(?:[^"\\]|"")*")|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|([A-Za-z_][A-Za-z0-9_]*)(?!['"])|(\$\d+(?![\w$])|:(?=[A-Za-z])|::|<>|[<>!=]=|\|\||[-+*%=<>(),.?])|(\/)(?!\*)|(;)/y;

/**
 * Says what one statement does, or why that cannot be said. It is no parser: parsers know one dialect, and what one takes for a comment or a text is
 * a command in the next. INVARIANT: what dialects read differently is not understood (`\`, `#`, `--`, `/*`, `$`, `[`, backquotes, signs beyond ASCII
 * outside of quotes), and of the rest only words on a list are read only.
 */
export function statementOf(text: string): { readonly does: Statement } | { readonly why: "comment" | "several" | "unclear" } {
  if (text.length > LONGEST || text.includes("\0")) return { why: "unclear" };
  const words: string[] = [];
  /** The name that stands last; "" for one of which nobody knows what it is. */
  let called: string | undefined;
  let [unknownCall, listed, over] = [false, false, false];
  let before = "";
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return { why: /^(?:--|\/\*|#)/.test(text.slice(at, at + 2)) ? "comment" : "unclear" };
    const [whole, blank, , quoted, , word, sign] = token;
    if (blank !== undefined) continue;
    if (over) return { why: "several" };
    if (whole === ";") over = true;
    if (whole === "-" && text[at + 1] === "-") return { why: "comment" };
    if (sign === "(" && called !== undefined && !FUNCTIONS.has(called)) {
      // The first bracket of an `insert` holds the names of columns.
      if (INSERTS.has(words[0] as string) && !listed) listed = true;
      else unknownCall = true;
    }
    called = word !== undefined && before !== "." ? word.toLowerCase() : (word ?? quoted) === undefined ? undefined : "";
    if (word !== undefined) words.push(word.toLowerCase());
    before = whole;
  }
  const [first = ""] = words;
  if (SCHEMA.has(first)) return { does: "schema" };
  if (words.some((word) => SCHEMA.has(word) && word !== "comment")) return { why: "unclear" };
  if (WRITES.has(first) || (first === "with" && words.some((word) => WRITES.has(word) && word !== "replace")))
    return unknownCall ? { why: "unclear" } : { does: "write" };
  if (!READS.has(first) || unknownCall) return { why: "unclear" };
  return words.some((word) => NEVER.has(word) || (WRITES.has(word) && word !== "replace")) ? { why: "unclear" } : { does: "read" };
}
