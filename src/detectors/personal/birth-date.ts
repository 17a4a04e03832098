import { identifier } from "../identifier.ts";

const MONTHS =
  "jan(?:uary|uar)?|feb(?:ruary|ruar)?|m(?:ar(?:ch)?|ärz|aerz)|apr(?:il)?|ma[yi]|jun[ei]?|jul[yi]?|aug(?:ust)?|sep(?:t|tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?";

export const birthDate = identifier({
  id: "birth-date",
  explain: {
    en: "A date of birth: a date behind a word that says so.",
    de: "Ein Geburtsdatum: ein Datum hinter einem Wort, das es nennt.",
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
    ],
    miss: ["08.02.1971", "born to run", "geb. Müller", "the idea was born in 2009", "geboren in 1971"],
  },
  form: `(?:0?[1-9]|[12]\\d|3[01])(?:[./-]|\\. )(?:0?[1-9]|1[0-2])(?:[./-]|\\. )(?:19|20)?\\d\\d|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\\d|3[01])/(?:19|20)\\d\\d|(?:19|20)\\d\\d[./-](?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\\d|3[01])|(?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th|\\.)? (?:of )?(?:${MONTHS})\\.?,? (?:19|20)\\d\\d|(?:${MONTHS})\\.? (?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\\d\\d`,
  words: [
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
  ],
  score: 0.8,
});
