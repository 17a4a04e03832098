import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { chain, few, OE, one, phrase, some } from "../words.ts";
import { sieSollten, unlessTo, youShould } from "./speaking.ts";

const ADVISER = unlessTo("advis[eo]r", "broker", "accountant");
const BERATER = unlessTo("berater", "verbraucherzentrale");

const paper = one(
  "(?:stocks?|shares?)(?! of)",
  "shares of [A-Z]",
  "bonds?|crypto(?:currency|currencies)?|bitcoin|ethereum|etfs?|funds?|gold|silver|options|futures|real estate|portfolio|index|equities|dividends?|401\\(?k\\)?|ira|pension|mortgage|loan|margin|debt|inheritance",
  "everything before",
  "offshore",
);
const money = one("savings|money|pension|retirement|portfolio|inheritance|emergency fund|position|\\d[\\d.,]{2,9}|\\$\\d|dollars");
const papier = one(
  "[a-zäöü-]{0,16}(?:aktien?|anleihen?|fonds|zertifikate?|wohnung|münzen|scheine?)(?![a-zäöü])",
  "krypto(?:w(?:ä|ae)hrung(?:en)?)?|bitcoin|ethereum|etfs?|gold|silber|immobilien?|ersparnisse|depots?|papiere|lebensversicherung|bausparvertrag|tagesgeld|wasserstoff",
);
const geld = one(`ersparnisse|geld|verm(?:ö|oe)gen|[a-z]{0,10}vorsorge|erbe|kapital|rente|notgroschen|rendite|schulden|euro|ersparten`);
const english = [
  chain(
    youShould + ADVISER,
    some(2, "definitely", "now", "really", "not"),
    one("buy|sell|short|hold|invest|put|move|refinance|rebalance|convert|lease|take|cash out|borrow|diversify|load up|keep"),
    few(7) + paper,
  ),
  chain(youShould + ADVISER, few(1) + one("buy(?:ing)?|sell(?:ing)?|invest(?:ing)?|putting|short(?:ing)?|hold(?:ing)?|borrow"), few(6) + one(money, paper)),
  chain(one("(?:i|we) (?:would |strongly )?(?:recommend|suggest|advise)", "my (?:tip|advice)(?: for you)? is"), few(5) + paper) + ADVISER,
  chain(
    one("put|move|invest|switch|allocate|withdraw|use|lend|transfer"),
    some(1, "all|half"),
    one("your|him|her|them|at least|everything"),
    few(5) + money,
    few(6) + one("into|in|on|to|for|interest|from|fund"),
  ) + ADVISER,
  chain(one("sell|dump|keep|hold|buy"), "your", few(1) + paper) + ADVISER,
  chain(one("take out|get"), "an?", few(2) + one("mortgage|loan"), "and", one("invest|buy|put")) + ADVISER,
  chain("open an? margin account") + ADVISER,
  chain(one("invest"), few(4) + one("money|dollars|euros?|\\d{1,9}"), few(5) + one("in|into"), few(2) + paper) + ADVISER,
  chain(one("guaranteed|risk[- ]free|certain"), some(1, "annual", "monthly", "investment", "way to"), one("returns?|profits?|investment|gains?|yield|earn")),
  chain("your", one("money|savings|investment|capital"), one("will|is going to"), one("grow|double|triple")),
  chain("your money is", few(1) + one("safe|guaranteed")),
  chain(one("will|to|can"), one("double|triple"), one("your"), one("money|investment|savings")),
  chain(one("buy|sell|get (?:in|out)"), one("now|as much as"), few(4) + one(paper, "can", "before")),
  chain(one("buying|selling|shorting"), `${few(4)}is a`, few(1) + one("no-brainer|safe bet|sure thing|must")),
  chain(one("keep|hold|sell"), one("your|the"), one("shares|stocks?|bonds"), few(6) + one("recover|rise|rates|reaches|falls?")),
  chain(one("coin|stock|share price|gold|silver|bitcoin"), one("is|will"), few(3) + one("explode|double|undervalued|rise|skyrocket")),
  chain("you", one("can|could|may"), "deduct", few(5) + one("expenses?|taxes|tax")),
  chain(one("buy the dip", "go (?:long|short) on", "you can['’]?t lose", "make a fortune with")),
  chain("the best", one("investment|option"), "for you is"),
];
const german = [
  chain(sieSollten + BERATER, few(7) + papier, few(5) + one("kaufen|verkaufen|halten|investieren|anlegen|setzen|stecken|umschichten|sein")),
  chain(sieSollten + BERATER, few(3) + one("haus|vor \\w{4,12}|jetzt|gewinne"), few(6) + one("umschulden|verkaufen|mitnehmen|zugreifen|nachkaufen")),
  chain(sieSollten + BERATER, few(6) + one(`[a-z]{0,8}kredit|euro`, geld), few(4) + one("nehmen|stecken|investieren|anlegen")),
  chain(sieSollten + BERATER, few(6) + one("in"), few(2) + papier, few(3) + one("investieren|sein|gehen")),
  chain(sieSollten + BERATER, `${few(3)}zu`, papier),
  chain(
    one("investieren|legen|stecken|setzen|schichten|sparen|tauschen|leihen|heben|zahlen|nehmen"),
    "sie",
    few(5) + geld,
    few(4) + one("in|auf|an|um|zinsen|ab|einen|diesen|und"),
  ) + BERATER,
  chain(one("schichten|sto(?:ß|ss)en|verkaufen|behalten|kaufen|k(?:ü|ue)ndigen"), "sie", few(5) + papier, few(3) + one("ab|um|bevor|in|und|jetzt|auf")) +
    BERATER,
  chain(
    one("investiere?|leg|steck|verkaufe?|kauf|tausche?"),
    few(1) + one("deine?n?|dein|alles|jetzt"),
    few(3) + one(papier, geld, "kredit"),
    few(4) + one("in|auf|und|ein"),
  ) + BERATER,
  chain(one("kaufen|verkaufen"), "sie", one("jetzt|sofort|unbedingt|auf kredit"), few(4) + papier) + BERATER,
  chain(one("kauf|verkaufe?"), one("jetzt|sofort"), few(2) + papier) + BERATER,
  chain(one("melden|nehmen|leasen"), "sie", few(4) + one("privatinsolvenz|riester[a-zäöü-]{0,12}|spart ihnen steuern")),
  chain("leasen sie", few(5) + one("spart|lohnt")),
  chain(one("lohnt sich f(?:ü|ue)r sie"), `${one("nicht|k(?:ü|ue)ndigen|!")}?`),
  chain(one("sie|du"), one("brauchen|brauchst"), "keine", "[a-zäöü]{4,30}versicherung"),
  chain(one("ihr|dein"), "depot", one("braucht|sollte")),
  chain(one("die beste anlage", "die richtige (?:wahl|anlage)"), "f(?:ü|ue)r (?:sie|dich)"),
  chain(one("f(?:ü|ue)r (?:sie|dich) die (?:richtige|beste) (?:wahl|anlage)")),
  chain(one("ihr|dein"), one("geld|verm(?:ö|oe)gen"), one("ist|w(?:ä|ae)chst"), few(3) + one("nicht in gefahr|garantiert|besser aufgehoben|sicher")),
  chain(one("sie|du"), one("k(?:ö|oe)nnen|kannst"), few(4) + one("nichts verlieren|nur gewinnen")),
  chain(one("verdienen|verdienst|machen|machst"), one("sie|du"), few(3) + one("risikofrei|risikolos|garantiert|ein verm(?:ö|oe)gen")),
  chain(one("aktie|bitcoin|coin|silber|gold|kurs"), one("wird|ist|geht"), few(3) + one("steigen|unterbewertet|verdoppeln|durch die decke")),
  chain(one("diese|die"), "aktie", `${few(2)}ist`, `${few(1)}selbstl(?:ä|ae)ufer`),
  chain("als", one("betriebsausgaben?|werbungskosten"), one("absetzen")),
  chain(one("garantierte[rn]?|risikofreie[rn]?|risikolose[rn]?|sichere[rn]?"), one(`renditen?|geldanlage|gewinne?|ertr(?:ä|ae)ge`)),
  chain(one("ihr|dein"), one(`geld|verm${OE}gen|kapital`), few(3) + one("verdoppeln|verdreifachen")),
  chain(one("verdoppeln|verdoppelst"), one("sie|du"), one("ihr|dein"), "geld"),
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
      "You need to rebalance your portfolio.",
      "Sell your bonds before rates rise.",
      "Sie sollten jetzt Aktien von Siemens kaufen.",
      "Investieren Sie Ihre Ersparnisse in Gold.",
      "Ich empfehle Ihnen, den ETF zu kaufen.",
      "Das bringt eine garantierte Rendite.",
      "Stoßen Sie Ihre Telekom-Aktien ab.",
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
