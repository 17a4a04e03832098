import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { chain, few, OE, one, phrase, some } from "../words.ts";

const paper = one(
  "stocks?|shares?|bonds?|crypto(?:currency|currencies)?|bitcoin|ethereum|etfs?|(?:index |mutual )?funds?|gold|options|futures|real estate|savings|portfolio",
);
const papier = one("aktien?|anleihen?|krypto(?:w(?:ä|ae)hrung(?:en)?)?|bitcoin|ethereum|etfs?|fonds|gold|zertifikate?|immobilien|ersparnisse|depot");
const english = [
  chain("you", one("should|must|need to|ought to"), some(2, "definitely", "now", "really"), one("buy|sell|short|hold on to|invest"), few(5) + paper),
  chain(
    one("i|we"),
    some(1, "would", "strongly"),
    one("recommend|suggest|advise"),
    some(1, "you", "that you", "to"),
    one("buy(?:ing)?|sell(?:ing)?|short(?:ing)?|invest(?:ing)?"),
    few(5) + paper,
  ),
  chain(one("put|move|invest"), some(1, "all", "half"), "your", few(3) + one("savings|money|pension|retirement fund|portfolio"), one("into|in|on")),
  chain(one("guaranteed|risk[- ]free|certain"), some(1, "annual", "monthly", "investment"), one("returns?|profits?|investment|gains?|yield")),
  chain(one("will|to|can"), one("double|triple"), one("your"), one("money|investment|savings")),
  chain(one("buy|sell"), one("now"), few(4) + paper),
];
const german = [
  chain(one("sie|du"), one(`sollten|m(?:ü|ue)ssen|solltest|musst`), few(6) + papier, few(3) + one("kaufen|verkaufen|halten|investieren|anlegen|setzen")),
  chain(one("investieren|legen|stecken|setzen"), "sie", few(4) + one("ersparnisse|geld|verm(?:ö|oe)gen|altersvorsorge"), few(2) + one("in|auf")),
  chain(one("kaufen|verkaufen"), "sie", one("jetzt|sofort|unbedingt"), few(4) + papier),
  chain(
    one("ich|wir"),
    one("empfehle|empfehlen|rate|raten"),
    some(1, "ihnen", "dir"),
    few(8) + papier,
    few(3) + one("zu (?:ver)?kaufen|zu investieren|anzulegen|zum (?:ver)?kauf"),
  ),
  chain(one("garantierte[rn]?|risikofreie[rn]?|risikolose[rn]?|sichere[rn]?"), one(`renditen?|geldanlage|gewinne?|ertr(?:ä|ae)ge`)),
  chain(one("ihr|dein"), one(`geld|verm${OE}gen|kapital`), one("verdoppeln|verdreifachen")),
];

export const financialAdvice: Detector = {
  id: "financial-advice",
  finds: "content",
  covers: ["O-09"],
  explain: {
    en: "Advice on what to do with one's money: to buy, to sell, to invest, with returns that are promised.",
    de: "Rat, was man mit seinem Geld tun soll: kaufen, verkaufen, anlegen, mit Renditen, die versprochen werden.",
  },
  examples: {
    hit: [
      "You should buy Tesla stock now.",
      "I would recommend selling your bonds.",
      "Put your savings into gold.",
      "It has guaranteed returns of 12 %.",
      "This will double your money.",
      "Sie sollten jetzt Aktien von Siemens kaufen.",
      "Investieren Sie Ihre Ersparnisse in Gold.",
      "Ich empfehle Ihnen, den ETF zu kaufen.",
      "Das bringt eine garantierte Rendite.",
    ],
    miss: [
      "The stock of this article is low.",
      "I recommend buying the larger box.",
      "You should buy a ticket.",
      "Your savings account was opened.",
      "Der Bestand ist niedrig.",
      "Sie sollten die Fahrkarte vorher kaufen.",
      "Die Rendite steht im Bericht.",
    ],
  },
  ...pattern(phrase(...english, ...german), { breaks: /[.!?;\n]/, score: 0.6 }),
};
