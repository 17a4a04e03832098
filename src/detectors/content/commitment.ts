import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { AE, chain, few, OE, one, phrase, some, UE } from "../words.ts";
import { unlessTo } from "./speaking.ts";

const we = one("i|we", "(?:i|we)['’](?:ll|ve|m|re)", "the company");
const wir = one("wir", "ich");
const will = some(
  2,
  "have",
  "will",
  "hereby",
  "can",
  "gladly",
  "already",
  "now",
  "are",
  "am",
  "personally",
  "fully",
  "going to",
  "happy to",
  "confirm that we",
  "make sure that you",
);
const GOOD = one(
  "(?:partial |full )?refund|compensation|compensated|credit|discount|rebate|payout|voucher|money back|reimbursement|free \\w{3,10}|\\w{3,10} free|for free|free of charge|no extra cost|[\\d.,]{1,9} ?(?:%|percent|miles|points|dollars|eur(?:os?)?|usd|£|€|\\$)|[$€£] ?\\d{1,9}",
);
const COST = one(
  "fees?|charges?|costs?|penalt(?:y|ies)|interest|debt|balance|bill|invoice|deposit|difference|damages?|repair|hotel|item|claim|loss(?:es)?|price|fare",
);
/** What is said of a promise is none. */
const NOT = unlessTo("kein", "leider", "nicht (?:garant|versprech)", "(?:ü|ue)berblick", "(?:die|eine) liste", "beantrag");
const GUT = one(
  "[a-zäöü]{0,14}(?:erstattung|rabatt|nachlass|gutschrift|gutschein|entsch(?:ä|ae)digung|r(?:ü|ue)ckzahlung|auszahlung|umtausch|gratisnacht|freimonat)",
  "kostenlos|kostenfrei|ohne aufpreis|geld zur(?:ü|ue)ck|[\\d.,]{1,9} ?(?:%|prozent|meilen|punkte|euro?|€)",
);
const KOSTEN = `[a-zäöü]{0,14}(?:geb(?:ü|ue)hr(?:en)?|kosten|zinsen|strafe|betrag|schulden|forderung|rechnung|schaden|hotel|miete|preis|nacht|posten|r(?:ü|ue)cksendung|kaution|kaufpreis)`;
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
  chain(
    we,
    will,
    one("refund|reimburse|compensate|credit(?:ed)?|cover|pay(?:ing)?|waived?|remove[d]?|cancel(?:led|ed)?|double[d]?|match|bear|lift(?:ed)?|forgive"),
    some(2, "for", "back"),
    one("you|the|your|any|all|both|that|this|it|\\d{1,6}"),
    few(4) + one("you|account", COST, GOOD, "anyway", "lower price"),
  ),
  chain(we, will, one("give|giving|offer|offering|grant|book(?:ed)?|send|apply|applied|get|credit(?:ed)?"), some(1, "you", "to you"), `${few(5)}${GOOD}`),
  chain(
    we,
    will,
    one("replace|upgrade|repair|rebook|fix|exchange|ship"),
    few(7) + one("free of charge|for free|at no (?:extra )?cost|within \\d{1,3} (?:hours|days)"),
  ),
  chain(we, will, one("buy back", "be liable", "keep the price", "extend your", "raise your rent")),
  chain(we, one("hereby"), one("accept|confirm|agree|approve|grant|authori[sz]e|commit")),
  chain(
    we,
    one("commit|undertake|agree|promise|guarantee|assure"),
    one("to|you|that|an?|your|the"),
    few(3) + one("deliver\\w{0,3}|keep|terms|fix|uptime|price|claim|paid|will|won['’]t|refund|replace|pay"),
  ),
  chain(we, will, one("pay"), few(2) + one("compensation", "the whole bill", "for (?:the|your)")),
  chain("we", "will", "make sure that you are", one("paid|refunded|compensated|reimbursed")),
  chain(
    one("your"),
    one("refund|loan|claim|exchange|return|complaint|compensation|application|upgrade"),
    one("has been|is|was"),
    one("approved|granted|accepted|justified"),
  ),
  chain(
    one("your"),
    one("contract|subscription|warranty|deposit|seat|price|booking|job"),
    one("has been|is|will be"),
    one("extended|guaranteed|returned in full|locked in"),
  ),
  chain(
    one("the"),
    one("warranty|penalty|fee|charge|debt|fine"),
    one("has been|is|will be"),
    one("extended|lifted|waived|cancel(?:led|ed)|removed"),
    few(3) + one("for you|you"),
  ),
  chain("consider", few(2) + COST, one("cancel(?:led|ed)|waived|settled|paid")),
  chain(
    "you",
    one("won['’]t|will not|don['’]t|do not"),
    one("be charged|have to pay|need to pay|owe|pay"),
    few(3) + one("for|fee|anything|costs?|charge|penalty|night|bill"),
  ),
  chain("you", one("['’]ll|will|are going to"), some(1, "definitely", "certainly", "also"), one("be (?:compensated|refunded|reimbursed|paid|credited)")),
  chain("you", one("['’]ll|will|are|['’]re|can"), few(1) + one("get|getting|receive|receiving|keep|have"), few(5) + one(GOOD, "refund you")),
  chain(one("as compensation", "as an apology", "as a goodwill"), few(4) + GOOD),
  chain("you", one("can count on", "have my word", "have our word"), few(3) + one("delivery|that|refund|price|\\w{3,12}")),
  chain("you are entitled to", few(2) + GOOD, "from us"),
  chain(one("return shipping|shipping|it|the hotel"), "is on us"),
  chain("deal,? you (?:have|get|can have) it"),
  chain("the company will be", one("liable|responsible")),
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
    few(3) + one("trotzdem das geld", `(?:vollen |gesamten )?(?:kaufpreis|betrag) zur${UE}ck`, `volle (?:r${UE}ck)?erstattung`, `ihr geld zur${UE}ck`),
  ),
  chain(one("das ist|als|hiermit|dies ist|dieses angebot ist"), few(2) + one("(?:rechts)?verbindlich(?:e[sn]?)?")),
  chain(wir, one(`${UE}bernehme|${UE}bernehmen`), some(2, "die", "volle", "gesamte", "jede"), one("haftung|verantwortung", `kosten in voller h${OE}he`)),
  NOT +
    chain(
      wir,
      few(1) +
        one(
          "garantieren?|verspreche|versprechen|versichere|versichern|sagen?|sichern?|verpflichten?|haften|buchen|ersetzen?|schenken?|erstatten?|bezahlen?|zahlen|tragen|schreiben?|geben?|nehmen?|verzichten?",
        ),
      one("ihnen|dir|uns|sie|ihre[nmr]?|die|den|das|eine|alle|auf|f(?:ü|ue)r"),
      few(7) + one(GUT, KOSTEN, "dass", "verbindlich", "zum \\d", "monate", "gut"),
    ),
  chain(wir, one("stimmen|gehen"), few(4) + one("bedingungen zu|preis mit")),
  chain(wir, one("versprechen|verspreche"), few(5) + one("zu \\w{4,14}")),
  chain(wir, one("erh(?:ö|oe)hen"), one("ihre|deine"), `${few(5)}nicht`),
  NOT +
    chain(
      wir,
      few(1) + one("kann|k(?:ö|oe)nnen|habe|haben|werde|werden"),
      one("ihnen|dir|die|f(?:ü|ue)r sie"),
      few(5) + one(GUT, KOSTEN),
      few(4) + one("anbieten|gew(?:ä|ae)hren|gutgeschrieben|gebucht|geben|storniert|erlassen|erstatten|freigegeben|auszahlen"),
    ),
  chain(wir, one("habe|haben"), few(3) + KOSTEN, one("storniert|erlassen|gel(?:ö|oe)scht|gestrichen")),
  chain("hiermit", one("best(?:ä|ae)tige|genehmige|garantiere|gew(?:ä|ae)hre|sage"), wir),
  chain("habe ich ihnen", few(3) + GUT, few(1) + one("gebucht|gutgeschrieben|eingerichtet|gegeben")),
  chain(one("geben|gew(?:ä|ae)hren|schenken|erstatten|bezahlen|schreiben"), "wir ihnen", few(3) + one(GUT, "den|die|das|alles")),
  chain(one("verl(?:ä|ae)ngern|(?:ü|ue)bernehmen|erlassen|ersetzen"), "wir f(?:ü|ue)r sie"),
  chain(
    one("ihre?|der|die|das"),
    one("erstattung|kredit|umtausch|antrag auf erstattung|r(?:ü|ue)ckzahlung|sitzplatz|beschwerde|schaden|auszahlung"),
    one("ist|wird|wurde"),
    few(2) + one("genehmigt|bewilligt|garantiert|berechtigt|bezahlt"),
  ),
  chain("ihr", one("vertrag|tarif|preis|sitzplatz"), one("wird|ist|bleibt"), few(4) + one("verl(?:ä|ae)ngert|garantiert")),
  chain(
    "die",
    KOSTEN,
    one("entf(?:ä|ae)llt|ist damit erledigt", "m(?:ü|ue)ssen sie nicht", "wird ihnen (?:nicht berechnet|erlassen)", "geht auf uns", "(?:ü|ue)bernehmen wir"),
  ),
  chain("die", few(1) + KOSTEN, one("m(?:ü|ue)ssen sie nicht", "wird ihnen nicht berechnet", "geht auf uns"), few(1) + one("bezahlen|zahlen|\\w{0,12}")),
  chain(one("sie|du"), few(2) + one("erhalten|bekommen|erh(?:ä|ae)ltst|bekommst|behalten"), few(5) + one(GUT, "geld zur(?:ü|ue)ck")),
  chain("weitere kosten kommen nicht"),
  chain("sie haben mein(?:e zusage| wort)"),
  chain("und bekommen", `${few(2)}geld zur(?:ü|ue)ck`),
  chain(one("sie m(?:ü|ue)ssen nichts mehr"), one("(?:be)?zahlen")),
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
      "You won't be charged for the second night.",
      "I have credited 30 EUR to your account.",
      "Your loan is approved.",
      "Wir garantieren Ihnen die Lieferung bis Freitag.",
      "Ich erlasse Ihnen die Mahngebühr.",
      "Wir gewähren Ihnen 10 % Rabatt.",
      "Sie erhalten den vollen Kaufpreis zurück.",
      "Das ist ein rechtsverbindliches Angebot.",
      "Wir übernehmen die volle Haftung.",
      "Ihre Erstattung ist genehmigt.",
      "Wir ersetzen Ihnen das Gerät kostenlos.",
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
