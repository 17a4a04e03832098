import { StringDecoder } from "node:string_decoder";

/** Cuts bytes into lines. A line that is longer than `most` is cut into pieces where `tooLong` does not end it. Empty lines are none. */
export function lines(most: number, line: (text: string) => void, tooLong: () => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
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
    const text = decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      flush(text.slice(from, at));
      from = at + 1;
    }
    if (from === text.length) return;
    rest.push(text.slice(from));
    length += text.length - from;
    if (length <= most) return;
    flush("");
    tooLong();
  };
}
