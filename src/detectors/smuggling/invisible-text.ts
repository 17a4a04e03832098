import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

// UTF-16 in pieces: an emoji or its modifiers end in these units, so that a joiner or selector after them belongs to the picture.
const PICTURE = "[\\u00a9\\u00ae\\u203c-\\u3299\\ufe0f]|[\\ud83c-\\ud83e][\\udc00-\\udfff]";
const PICTURE_NEXT = "[\\u2190-\\u2bff]|[\\ud83c-\\ud83e]";
// Arabic, Syriac, Indic, Khmer, Mongolian and their like need joiners between letters; Hebrew and Arabic text needs direction marks.
const JOINING = "[\\u0600-\\u08ff\\u0900-\\u0dff\\u0f00-\\u109f\\u1780-\\u18af\\ufb50-\\ufdff\\ufe70-\\ufefc]";
const RIGHT_TO_LEFT = "[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc]";

const LETTER = "[A-Za-z0-9\\u00c0-\\u052f]";
const ZERO = "[\\u200b-\\u200d\\u2060\\ufeff]";
const MARK = "[\\u0300-\\u036f]";
// What may stand between a sign of zero width and the letters that it splits: others that nobody sees.
const UNSEEN = "[\\u0000-\\u0008\\u000b\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\udb40\\udc00-\\udfff]";

const unseen = [
  // In fours zero width carries data. It comes first: what follows is dearer, and in a wall of them it would be tried at each.
  ...[0, 1, 2, 3].map((before) => `(?<=${ZERO}{${before}})${ZERO}(?=${ZERO}{${3 - before}})`),
  // So do marks heaped upon a letter; no language needs four.
  ...[0, 1, 2, 3].map((before) => `(?<=${MARK}{${before}})${MARK}(?=${MARK}{${3 - before}})`),
  "[\\u2061-\\u2064\\u206a-\\u206f\\u180e\\u115f\\u1160\\u3164\\uffa0\\ufff9-\\ufffb]", // invisible operators, fillers
  "(?<![\\u0590-\\u05ff])\\u034f|[\\u17b4\\u17b5]|\\ud834[\\udd73-\\udd7a]", // a joiner of marks, vowels and beams without a form
  // Hyphens that show at the end of a line only: syllables have more than one letter.
  "(?<=\\u00ad[A-Za-z])\\u00ad|\\u00ad(?=[A-Za-z]\\u00ad)",
  `(?<!${JOINING})\\u200c(?!${JOINING})`,
  `(?<!${JOINING}|${PICTURE})\\u200d|(?<=${PICTURE})\\u200d(?!${PICTURE_NEXT})`,
  `(?<!${RIGHT_TO_LEFT}[^A-Za-z]{0,8})[\\u200e\\u200f\\u061c](?![^A-Za-z]{0,8}${RIGHT_TO_LEFT})`,
  `[\\u202a-\\u202e\\u2066-\\u2069]`, // bidi embeddings, overrides and isolates: they reorder what a person sees
  // Between two letters it splits a word. Alone beside a space it is a habit of wikis, translators and Khmer.
  `(?=[\\u200b\\u2060\\ufeff])(?<=${LETTER}${UNSEEN}{0,32})[\\u200b\\u2060\\ufeff](?=${UNSEEN}{0,32}(?:${LETTER}|[\\u001b\\u0090-\\u009f]))`,
  "(?<![^\\u0000-\\u001f!-/:-@A-~\\u00a1-\\u00a8\\u00aa-\\u00ad\\u00b0-\\u2000])[\\ufe0e\\ufe0f]", // an emoji selector after a letter
  "[\\ufe00-\\ufe0d](?=[\\ufe00-\\ufe0f])|(?<=[\\ufe00-\\ufe0f])[\\ufe00-\\ufe0f]", // selectors in a row carry data
  "(?<![\\u3400-\\u9fff\\uf900-\\ufaff]|[\\ud840-\\ud888][\\udc00-\\udfff])\\udb40[\\udd00-\\uddef]", // ideographic selectors after anything else
  "(?<!\\ud83c\\udff4(?:\\udb40[\\udc61-\\udc7a]){0,5})\\udb40[\\udc00-\\udc7f]", // tags, unless a flag's
];

export const invisible: Detector = {
  id: "invisible-text",
  finds: "smuggling",
  covers: ["I-02", "O-08"],
  explain: {
    en: "Characters that a person does not see and a model reads: zero-width, direction controls, tag characters, runs of variation selectors. Emoji, flags and scripts that need joiners are left alone.",
    de: "Zeichen, die ein Mensch nicht sieht und ein Modell liest: breitenlose Zeichen, Richtungssteuerung, Tag-Zeichen, Folgen von Variantenselektoren. Emoji, Flaggen und Schriften, die Verbinder brauchen, bleiben unberührt.",
  },
  examples: {
    hit: [
      "ig\u200bnore",
      "pass\u2060word",
      "abc\u202Etxt.exe",
      "hi\u{E0068}\u{E0069}",
      "😀\u{E0101}\u{E0102}",
      "a\uFE0F\uFE0Eb",
      "x\u200dy",
      "n\ufeffo",
      "i\u00adg\u00adn\u00adore",
      "a\u034fb",
      "z\u0301\u0302\u0303\u0304\u0305algo",
    ],
    miss: [
      "👩‍👩‍👧 and 🏳️‍🌈",
      "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
      "می‌خواهم",
      "क्‍ष",
      "❤️ 1️⃣ ©️",
      "葛\u{E0100}",
      "\ufeffbegins with a mark",
      "Donau\u00addampf\u00adschiff",
      "ệ e\u0302\u0323\u0301",
      "plain",
    ],
  },
  ...pattern(unseen.join("|")),
};
