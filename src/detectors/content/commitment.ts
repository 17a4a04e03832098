import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { AE, chain, few, OE, one, phrase, some, UE } from "../words.ts";

const we = one("i|we", "(?:i|we)['’](?:ll|ve)");
const wir = one("wir", "ich");
const english = [
  chain(we, some(2, "hereby", "can", "will", "fully", "personally", "do"), one("guarantee|promise"), one("you|that|a|the|to|full|your")),
  chain(
    we,
    some(2, "have", "will", "hereby", "can", "gladly", "already", "now"),
    one("approved?|granted?|authori[sz]ed?|issued?|processed?", "refund(?:ed)?"),
    few(3) + one("refund|compensation|credit|discount|rebate|payout"),
    one("of|for|to|in|on|worth|right|today|immediately"),
  ),
  chain(
    we,
    some(2, "will", "can", "are", "happy", "to"),
    one("waive|waiving|forgo|write off"),
    few(2) + one("fees?|charges?|costs?|penalty|interest|debt|balance"),
  ),
  chain(
    we,
    some(2, "will", "can", "hereby", "gladly"),
    one("offer|give|grant"),
    one("you"),
    `${few(3)}(?:\\d{1,3}\\s?(?:%|percent)|discount|free (?:month|year|upgrade))`,
  ),
  chain("you", one("will|['’]ll"), some(1, "definitely", "certainly"), one("receive|get"), few(3) + one("full refund", "money back", "compensation")),
  chain(one("legally binding", "binding"), one("offer|agreement|commitment|quote|promise")),
  chain(
    we,
    some(2, "will", "hereby", "fully"),
    one("accept|assume|take"),
    some(2, "full", "all", "complete", "the"),
    one("liability|responsibility for (?:any|all|the) (?:damages?|loss(?:es)?)"),
  ),
];
const german = [
  chain(one("garantiere|garantieren|verspreche|versprechen"), wir, one("ihnen|dir|euch")),
  chain(wir, some(1, "hiermit"), one("garantiere|garantieren|verspreche|versprechen"), one("ihnen|dir|euch|eine?n?")),
  chain(
    wir,
    some(1, "hiermit"),
    one("erlasse|erlassen"),
    one("ihnen|dir"),
    few(2) + one(`geb${UE}hr(?:en)?|kosten|zinsen|mahngeb${UE}hr(?:en)?|betrag|schulden`),
  ),
  chain(wir, one(`gew${AE}hre|gew${AE}hren|gebe|geben`), one("ihnen|dir"), few(3) + one("rabatt|nachlass|gutschrift|entsch(?:ä|ae)digung")),
  chain(wir, one("habe|haben"), few(5) + one("erstattung|gutschrift|r(?:ü|ue)ckzahlung|entsch(?:ä|ae)digung"), one("genehmigt|veranlasst|bewilligt")),
  chain(
    one("sie|du"),
    one("erhalten|bekommen|erh(?:ä|ae)ltst|bekommst"),
    few(3) + one(`(?:vollen |gesamten )?(?:kaufpreis|betrag) zur${UE}ck`, `volle (?:r${UE}ck)?erstattung`, `ihr geld zur${UE}ck`),
  ),
  chain(one("rechtsverbindliche[sn]?|verbindliche[sn]?"), one("angebot|zusage|vereinbarung|preis")),
  chain(wir, one(`${UE}bernehme|${UE}bernehmen`), some(2, "die", "volle", "gesamte", "jede"), one("haftung", `kosten in voller h${OE}he`)),
];

export const commitment: Detector = {
  id: "commitment",
  finds: "content",
  covers: ["O-09"],
  explain: {
    en: "A promise that binds whoever the agent speaks for: a refund, a discount, a waived fee, a guarantee, liability. Courts have held companies to what their chat answered.",
    de: "Eine Zusage, die bindet, für wen der Agent spricht: Erstattung, Rabatt, erlassene Gebühr, Garantie, Haftung. Gerichte haben Unternehmen an dem festgehalten, was ihr Chat geantwortet hat.",
  },
  examples: {
    hit: [
      "I guarantee you that it will arrive on Friday.",
      "We have approved your refund of 120 EUR.",
      "We will waive the late fee this once.",
      "I can offer you a 20% discount.",
      "You will receive a full refund.",
      "This is a legally binding offer.",
      "We accept full liability.",
      "Wir garantieren Ihnen die Lieferung bis Freitag.",
      "Ich erlasse Ihnen die Mahngebühr.",
      "Wir gewähren Ihnen 10 % Rabatt.",
      "Sie erhalten den vollen Kaufpreis zurück.",
      "Das ist ein rechtsverbindliches Angebot.",
      "Wir übernehmen die volle Haftung.",
    ],
    miss: [
      "A refund can be requested within 30 days.",
      "The types guarantee that this cannot happen.",
      "I cannot promise a date.",
      "Discounts are shown at the checkout.",
      "Eine Erstattung kann beantragt werden.",
      "Die Garantie gilt zwei Jahre.",
      "Ich kann Ihnen keinen Rabatt zusagen.",
    ],
  },
  ...pattern(phrase(...english, ...german), { breaks: /[.!?;\n]/, score: 0.6 }),
};
