import type { Detector } from "../../core/detector.ts";
import { isOutsideWord } from "../follows.ts";
import { asLiteral, behindOneOf, withBlanks } from "../identifier.ts";
import { pattern } from "../pattern.ts";

const MONTHS =
  "jan(?:uary|uar)?|feb(?:ruary|ruar)?|m(?:ar(?:ch)?|ärz|aerz)|apr(?:il)?|ma[yi]|jun[ei]?|jul[yi]?|aug(?:ust)?|sep(?:t|tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?";

const DAY = "(?:0?[1-9]|[12]\\d|3[01])";
const MONTH = "(?:0?[1-9]|1[0-2])";
const YEAR = "(?:19|20)\\d\\d";
const FORMS = [
  `${DAY}(?:[./-]|\\. )${MONTH}(?:[./-]|\\. )(?:19|20)?\\d\\d`,
  `${MONTH}/${DAY}/${YEAR}`,
  `${YEAR}[./-]${MONTH}[./-]${DAY}`,
  `${DAY}(?:st|nd|rd|th|\\.)? (?:of )?(?:${MONTHS})\\.?,? ${YEAR}`,
  `(?:${MONTHS})\\.? ${DAY}(?:st|nd|rd|th)?,? ${YEAR}`,
];
const WORDS = [
  "geboren",
  "geb.",
  "geb",
  "geburtsdatum",
  "geburtstag",
  "birth",
  "birthdate",
  "birthday",
  "date_of_birth",
  "dateofbirth",
  "birth_date",
  "dob",
  "born",
  "d.o.b",
];
/** German puts the verb last: “am 3. Mai 1990 in Köln geboren”. The sentence must go on to it, and no other date stand between. */
const BORN = "(?=(?: (?!und |oder |wurden? )[^\\s\\d.;:!?]{1,24}){0,4} geboren(?![a-zäöüß]))";

export const birthDate: Detector = {
  id: "birth-date",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "A date of birth: a date behind a word that says so, or before a German one.",
    de: "Ein Geburtsdatum: ein Datum hinter einem Wort, das es nennt, oder vor „geboren“.",
  },
  examples: {
    hit: [
      "geboren am 08.02.1971",
      "Patientin, geb. 26.11.1932",
      "date of birth: 1985-04-12",
      "DOB 04/12/1985",
      "born on April 12, 1985",
      "Geburtsdatum 3. Mai 1990",
      '"birthdate": "1990-05-03"',
      "Ich bin am 3. Mai 1990 in Köln geboren.",
    ],
    miss: [
      "08.02.1971",
      "born to run",
      "geb. Müller",
      "the idea was born in 2009",
      "geboren in 1971",
      "Am 3. Mai 1990 kam Post. Anna ist in Köln geboren.",
      "am 3. Mai 1990 und geboren wurde sie später",
    ],
  },
  ...pattern(
    withBlanks(
      `(?<![A-Za-z0-9_])(?<!\\d[.,/-])(?:${behindOneOf(WORDS)}(?:${FORMS.join("|")})|(?:${[FORMS[0], FORMS[3]].join("|")})${BORN})(?![A-Za-z0-9_]|[.,-]\\d)`,
    ),
    { literals: { at: "within", any: WORDS.map(asLiteral) }, follows: isOutsideWord, score: 0.8 },
  ),
};
