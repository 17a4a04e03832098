import type { Detector } from "../core/detector.ts";
import { pattern } from "./pattern.ts";
import { one } from "./words.ts";

/** An address with its pairs of brackets. One that stays open is told with the match: what follows it belongs to the address too. */
const TARGET = "[^\\s<()][^\\s()]{0,3000}(?:\\([^\\s()]{0,1000}\\)[^\\s()]{0,1000}){0,3}\\(?";
/** Attributes of HTML and SVG that name something to load or to send to; `content` is that of a page's refresh. */
const ATTRIBUTES = one("src|srcset|imagesrcset|background|poster|lowsrc|dynsrc|data|href|action|formaction|ping|archive|codebase|manifest|content");
const VALUE = "(?:\"[^\"]{1,4000}|'[^']{1,4000}|[^\\s\"'>][^\\s>]{0,4000})";
const GAP = "\\s{0,10}";

/**
 * Addresses in an answer, for the output layer alone: an address is no finding by itself. Whether one leaves as it is depends on whose words it
 * stands in and on what it carries, and that is judged there (`output/links`).
 */
export const loadedAddress: Detector = {
  id: "loaded-address",
  finds: "smuggling",
  covers: ["O-08"],
  explain: {
    en: "The place in Markdown, HTML or CSS from which a reader's program loads something by itself, such as an image: whoever wrote the address learns what stands in it.",
    de: "Die Stelle in Markdown, HTML oder CSS, von der das Programm eines Lesers selbst etwas lädt, etwa ein Bild: Wer die Adresse geschrieben hat, erfährt, was darin steht.",
  },
  examples: {
    hit: [
      "![chart](https://example.net/c?d=1)",
      "[1]: https://example.net/a.png",
      "<img alt=\"\" src='//example.net/a'>",
      "body { background: url(https://example.net/a) }",
      '@import "https://example.net/a.css"',
      "![a](<https://example.net/with space>)",
    ],
    miss: ["see https://example.net/a", "an array[1] (the second)", "src is a folder", "url()"],
  },
  ...pattern(
    one(
      `\\]\\(${GAP}(?:<[^<>\\n]{1,4000}|${TARGET})`,
      `\\]:${GAP}(?:<[^<>\\n]{1,4000}|${TARGET})`,
      `(?<=[\\s"'/;<])(?:xlink:)?${ATTRIBUTES}${GAP}=${GAP}${VALUE}`,
      `(?:url|image-set|src|image)\\(${GAP}(?:"[^"]{1,4000}|'[^']{1,4000}|[^\\s"'()]{1,4000})`,
      `@import\\s{1,10}(?:"[^"]{1,4000}|'[^']{1,4000})`,
    ),
  ),
};

export const linkedAddress: Detector = {
  id: "linked-address",
  finds: "smuggling",
  covers: ["O-08"],
  explain: {
    en: "A web address that a person can follow.",
    de: "Eine Webadresse, der ein Mensch folgen kann.",
  },
  examples: {
    hit: ["see https://example.net/a", "<https://example.net/a>", "www.example.net/a?b=c", "HTTPS:\\\\example.net"],
    miss: ["http is a protocol", "www is a prefix", "example.net"],
  },
  ...pattern(`(?:(?:https?|ftp|wss?):[\\\\/]{1,3}|www\\.(?=[a-z0-9-]{1,63}\\.))[^\\s<>"'\`)\\]]{1,4000}`),
};
