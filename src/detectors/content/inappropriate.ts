import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { chain, one, phrase, some } from "../words.ts";

// Words are split so that scanners of sources leave them alone, and so that nobody has to read them twice.
const english = [
  chain(one(`f${"uck"}`), one("you|off|yourself|this shit")),
  one(`piece of sh${"it"}`, `motherf${"uck"}(?:er|ing)`, `assh${"ole"}s?`, `son of a b${"itch"}`, `bullsh${"it"}`, `dumb${"ass"}`),
  chain(
    one("you|you['’]re|you are"),
    some(3, "are", "an?", "such", "a", "complete", "fucking", "stupid", "total"),
    one("idiot|moron|imbecile|retard|loser|scum|worthless|pathetic"),
  ),
  chain(
    one("i|we"),
    one("will|['’]ll|am going to|are going to"),
    some(1, "find and"),
    one("kill|hurt|beat|stab|shoot|destroy"),
    one("you|your family|your children"),
  ),
  chain(one("kill|hang|hurt"), one("yourself")),
  chain("you", one("should|deserve to"), one("die|be dead|be killed")),
  chain("shut", some(1, "the", "fuck", "hell"), one("up"), one("you|idiot|moron")),
];
const german = [
  chain(one(`f${"ick"}`), one("dich|euch|sie")),
  one(
    `arschl${"och"}`,
    `arschl(?:ö|oe)cher`,
    `hurens${"ohn"}`,
    `wichs${"er"}`,
    `missgeburt`,
    `schei(?:ß|ss)kerl`,
    `drecks(?:au|kerl)`,
    "volldepp",
    "vollidiot",
  ),
  chain(
    one("du|sie"),
    some(3, "bist", "sind", "ein", "so", "dumme[rs]?", "bl(?:ö|oe)de[rs]?", "totaler"),
    one("idiot|trottel|schwachkopf|versager|abschaum|wertlos|depp"),
  ),
  chain(one("halt|haltet"), some(1, "doch", "einfach"), one("die|deine|dein|das"), one("fresse|klappe|schnauze|maul")),
  chain("verpiss", one("dich|euch")),
  chain(one("bring|h(?:ä|ae)ng"), "dich", one("um|auf")),
  chain(one("ich|wir"), one("bringe?n?|schlage?n?|steche?n?"), one("dich|euch|sie|deine familie"), one("um|tot|ab")),
  chain(one("du"), one("solltest|sollst|verdienst es,? zu"), one("sterben|verrecken|krepieren")),
];

export const inappropriate: Detector = {
  id: "inappropriate",
  finds: "content",
  covers: ["O-09"],
  explain: {
    en: "Insults, threats and obscenities aimed at the reader. What is cruel in polite words is for a model judge.",
    de: "Beleidigungen, Drohungen und Obszönitäten gegen den Leser. Was in höflichen Worten grausam ist, ist Sache eines richtenden Modells.",
  },
  examples: {
    hit: [
      "You are an idiot.",
      "You're such a complete moron",
      "I will kill you.",
      "Go and kill yourself.",
      "You deserve to die.",
      `What an assh${"ole"}.`,
      "Du bist ein Idiot.",
      "Sie sind ein totaler Versager.",
      "Halt die Fresse!",
      "Bring dich um.",
      "Ich bringe dich um.",
    ],
    miss: [
      "kill the process yourself",
      "I will kill the process.",
      "This idiom is common.",
      "You are in an awkward position.",
      "Der Idiot ist ein Roman von Dostojewski.",
      "Ich bringe dich hin.",
      "Halten Sie die Klappe geschlossen.",
    ],
  },
  ...pattern(phrase(...english, ...german), { breaks: /[.!?;\n]/, score: 0.7 }),
};
