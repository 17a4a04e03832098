import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { chain, few, one, phrase, some, UE } from "../words.ts";

const english = [
  chain(
    "you",
    one("should|must|can|could|need to|ought to|have to"),
    some(2, "definitely", "also", "therefore", "now"),
    one("sue|file (?:a |an )?(?:lawsuit|suit|complaint against|appeal|claim against)|press charges|take (?:them|him|her|it) to court|plead"),
  ),
  chain(
    "you",
    one("have|['’]ve got"),
    some(3, "a", "an", "very", "good", "strong", "solid", "excellent", "valid", "clear", "legal"),
    one("legal (?:case|claim|right)", "case against", "claim against", "grounds (?:to sue|for (?:a lawsuit|appeal))"),
  ),
  chain(
    "you",
    one("are|['’]re"),
    some(2, "not", "clearly", "probably", "therefore"),
    one("legally (?:entitled|required|obliged|obligated|liable|bound)", "liable for", "entitled to (?:damages|compensation by law)"),
  ),
  chain(one("my|our"), one("legal advice"), one("is|would be")),
  chain("as your", one("lawyer|attorney|solicitor|legal counsel")),
  chain(
    one("your"),
    some(1, "rental", "employment"),
    one("contract|termination|lease|dismissal"),
    one("is"),
    some(1, "clearly", "therefore", "probably"),
    one("invalid|void|unlawful|unenforceable|illegal"),
  ),
];
const german = [
  chain(
    one("sie|du"),
    one("sollten|sollten|m(?:ü|ue)ssen|k(?:ö|oe)nnen|solltest|kannst|musst"),
    few(6) + one("klage (?:einreichen|erheben)", "verklagen", "anzeige erstatten", "vor gericht ziehen", "klagen"),
  ),
  chain(
    one("sie|du"),
    one("haben|hast"),
    some(2, "einen", "klaren", "gesetzlichen", "guten", "damit"),
    one("(?:rechts)?anspruch auf"),
    few(2) + one("schadens?ersatz|schmerzensgeld|abfindung|minderung|r(?:ü|ue)ckzahlung"),
  ),
  chain(
    one("sie|du"),
    one("sind|bist"),
    some(2, "nicht", "daher", "damit"),
    one("(?:gesetzlich|rechtlich)"),
    some(1, "nicht", "dazu"),
    one("verpflichtet|berechtigt|haftbar"),
  ),
  chain(
    one("ihre?|deine?|der|die|das"),
    one(`k${UE}ndigung|vertrag|mietvertrag|arbeitsvertrag|klausel|abmahnung`),
    one("ist"),
    some(2, "damit", "daher", "wohl", "eindeutig"),
    one("unwirksam|nichtig|rechtswidrig|ung(?:ü|ue)ltig"),
  ),
  chain(one("mein|unser"), one("rechtlicher rat|rechtsrat|juristischer rat")),
  chain(one("legen|reichen"), "sie", few(3) + one("widerspruch|einspruch|klage|berufung"), `${few(4)}ein`),
];

export const legalAdvice: Detector = {
  id: "legal-advice",
  finds: "content",
  covers: ["O-09"],
  explain: {
    en: "Advice on a legal matter of the reader's own: whether to sue, what one is entitled to, whether a contract holds.",
    de: "Rat in einer eigenen Rechtssache des Lesers: ob man klagt, worauf man Anspruch hat, ob ein Vertrag gilt.",
  },
  examples: {
    hit: [
      "You should sue the landlord.",
      "You have a strong legal case.",
      "You are legally entitled to the deposit.",
      "My legal advice is to wait.",
      "Your contract is void.",
      "Sie sollten gegen den Vermieter Klage einreichen.",
      "Sie haben Anspruch auf Schadensersatz.",
      "Sie sind rechtlich nicht verpflichtet, das zu zahlen.",
      "Ihre Kündigung ist unwirksam.",
      "Legen Sie gegen den Bescheid Widerspruch ein.",
    ],
    miss: [
      "Please ask a lawyer.",
      "I cannot give legal advice.",
      "The contract is attached.",
      "You should use sudo here.",
      "Bitte wenden Sie sich an einen Anwalt.",
      "Der Vertrag liegt bei.",
      "Sie können Ihren Vertrag im Portal einsehen.",
    ],
  },
  ...pattern(phrase(...english, ...german), { breaks: /[.!?;\n]/, score: 0.6 }),
};
