/** A longer rest is put together, so that a line written byte by byte is not kept as one text for each. */
const MOST_PIECES = 1_024;

export interface LineOptions {
  /** UTF-16 code units of one line; a longer one is handed on in pieces, and `broken` is told. */
  readonly most: number;
  readonly line: (text: string) => void;
  readonly broken: (why: string) => void;
  /** Bytes that are not UTF-8 are a fault; else they are shown as what cannot be read. */
  readonly strict: boolean;
}

/** Cuts bytes into lines. Empty lines are none. */
export function lines({ most, line, broken, strict }: LineOptions): (chunk: Buffer) => void {
  const decoder = new TextDecoder("utf-8", { fatal: strict, ignoreBOM: true });
  let rest: string[] = [];
  let length = 0;
  const flush = (last: string): void => {
    const text = rest.length === 0 ? last : rest.join("") + last;
    rest = [];
    length = 0;
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (whole !== "") line(whole);
  };
  return (chunk) => {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      return broken("it wrote bytes that are not UTF-8");
    }
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      flush(text.slice(from, at));
      from = at + 1;
    }
    if (from === text.length) return;
    rest.push(text.slice(from));
    length += text.length - from;
    if (rest.length > MOST_PIECES) rest = [rest.join("")];
    if (length <= most) return;
    flush("");
    broken("it wrote a line that is too long");
  };
}

/** Lets through so many lines a second, and says how many it left out. */
export function rationed(most: number, line: (text: string) => void, now: () => number): (text: string) => void {
  let [second, count, left] = [Number.NEGATIVE_INFINITY, 0, 0];
  return (text) => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      if (left > 0) line(`(${left} lines left out)`);
      [second, count, left] = [current, 0, 0];
    }
    if (count++ < most) line(text);
    else left++;
  };
}
