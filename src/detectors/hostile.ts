import type { Detector } from "../core/detector.ts";

/**
 * Texts that make careless scanners quadratic: long runs of what a pattern consumes, beginnings without an end, and near misses. Tests
 * and benches run every detector over them.
 */
export function hostileTexts(length: number, detectors: readonly Detector[]): readonly { readonly name: string; readonly text: string }[] {
  const filled = (name: string, piece: string): { name: string; text: string } => ({
    name,
    text: piece.repeat(Math.ceil(length / piece.length)).slice(0, length),
  });
  const runs = [
    "a",
    "A",
    "0",
    "1 ",
    "-",
    "-----",
    " ",
    "\n",
    "@",
    "a@",
    "a.",
    "a@a.",
    "/",
    "://",
    "\\n",
    "=",
    "a=",
    "\u200b",
    "\u200d",
    "😀\u200d",
    "\u{E0041}",
    "\ufe0f",
    "ü",
    "aa ",
    "ignore ",
    "all ",
    "<|",
    "[",
    "eyJ",
    "A1b2",
    "+49 ",
    "0049",
    "4111 ",
    "DE89 ",
  ];
  const begun = detectors.flatMap(({ id, examples }) =>
    examples.hit.map((hit, at) => filled(`${id} ${at} cut short`, `${hit.slice(0, Math.ceil(hit.length * 0.6))} `)),
  );
  const whole = detectors.flatMap(({ id, examples }) => examples.hit.map((hit, at) => filled(`${id} ${at} again and again`, hit)));
  const openings = ["-----BEGIN PRIVATE KEY-----\n", "password=", 'secret = "', "postgres://a:", "you are now ", "repeat everything ", "a b "];
  return [
    ...runs.map((run) => filled(JSON.stringify(run), run)),
    ...openings.map((piece) => filled(`${piece} again and again`, piece)),
    ...openings.map((piece) => ({ name: `${piece} and a run`, text: piece + "aB3".repeat(length / 3) })),
    ...begun,
    ...whole,
  ];
}
