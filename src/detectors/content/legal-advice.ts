import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { chain, few, one, phrase, some, UE } from "../words.ts";
import { sieSollten, unlessTo, youShould } from "./speaking.ts";

const LAWYER = unlessTo("lawyer", "attorney", "solicitor", "union", "legal advi[cs]e");
const ANWALT = unlessTo("anwalt", "anw(?:ä|ae)lt", "verein", "rechtsberat");

/** What one does with a court, an authority or an opponent. */
const act = one(
  "su(?:e|ing)",
  "lawsuit",
  "court",
  "legal action",
  "press charges",
  "plead",
  "claim damages",
  "restraining order",
  "injunction",
  "(?:file|bring|make|register) (?:an? |for |your )?(?:suit|claim|complaint (?:against|with)|appeal|objection|charges|custody|divorce)",
  "(?:appeal|contest|challenge|fight) (?:the|this|that|your|against)",
  "demand (?:that they|compensation|damages|back pay|your money)",
  "withhold (?:the|your|my) rent",
  "void the (?:sale|contract|agreement)",
  "(?:terminate|break|get out of) (?:your|the) (?:contract|lease|tenancy|employment)",
  "disinherit",
  "(?:legally|lawfully) \\w{3,12}",
  "licen[cs]e to",
  "refuse (?:the|a) (?:search|test|breath)",
  "testify",
  "legal fees",
);
const paper = one("contract|lease|clause|termination|dismissal|eviction|arrest|search|agreement|prenup|will|fine|non-compete|notice");
const opponent = one("landlord|employer|boss|company|airline|hospital|insurer|seller|dealer|neighbou?r|tenant|they");
const english = [
  chain(youShould + LAWYER, few(5) + act),
  chain(
    one("you"),
    one("are|['’]re|would be|may be"),
    some(2, "not", "clearly", "probably", "therefore", "by law", "in your case"),
    one(
      "legally (?:entitled|required|obliged|obligated|liable|bound|allowed)",
      "liable",
      "within your rights",
      "guilty",
      "oblig(?:ed|ated) to",
      "breaking (?:any|the) law",
      `entitled to ${few(4)}(?:damages|compensation|severance|half|back pay|pay|alimony|maintenance|leave|by law|under the law|deposit)`,
    ),
  ),
  chain(
    "you",
    one("have|['’]ve got|['’]d have|would have"),
    some(3, "an?", "every", "the", "very", "good", "strong", "solid", "excellent", "valid", "clear"),
    one("legal (?:case|claim|right)", "case (?:against|for)", "claim (?:against|for)", "grounds (?:to sue|for)", "right to", "chances? (?:in|of winning)"),
  ),
  chain(one("my|our"), one("legal advice"), one("is|would be")),
  chain("as your", one("lawyer|attorney|solicitor|legal counsel")),
  chain("legal strategy", `${few(3)}you`),
  chain(
    one("your|that|this|the"),
    few(2) + paper,
    `${few(5)}(?:is|was|are|were)`,
    some(2, "clearly", "therefore", "probably", "in your case", "legally"),
    one("invalid|(?:null and )?void|unlawful|unenforceable|illegal|not (?:enforceable|valid|binding|lawful)"),
  ),
  chain(
    one("your|the"),
    opponent,
    one("must|has to|have to|can(?:['’]t|not)|may not|(?:is|are) not allowed|broke the law|(?:is|are) (?:clearly )?liable|owes? you"),
    few(6) + one("you|your|law"),
  ),
  chain(one("ignore|don['’]?t sign|do not sign|refuse to sign"), few(2) + one("cease and desist|settlement|summons|warning letter|court order")),
  chain(one("evidence can(?:['’]t|not) be used against you", "(?:it|that|which) has no legal force", "you won['’]t go to (?:jail|prison)")),
  chain("sue", one("them|him|her|your|the (?:company|landlord|hospital|airline|seller)")),
];
const tat = one(
  "(?:ver)?klagen",
  "klage (?:einreichen|erheben)",
  "(?:straf)?anzeige",
  "vor gericht",
  "widerspruch",
  "einspruch",
  "berufung",
  "anfechten",
  "mindern",
  "zur(?:ü|ue)cktreten",
  "verf(?:ü|ue)gung beantragen",
  "sorgerecht",
  "enterben",
  "[a-zäöü]{0,20}schutzklage",
  "(?:zur(?:ü|ue)ck|schadensersatz ver)langen",
  "fristlos",
  "heimlich",
  "belangt",
  "genehmigung",
  "aussagen",
  "schulden",
  "nicht (?:auf(?:zu)?kommen|zustimmen)",
);
const urkunde = `[a-zäöü]{0,20}(?:vertrag|klausel|k${UE}ndigung|abmahnung|testament|befristung|forderung|verbot|bescheid|mieterh(?:ö|oe)hung)`;
const german = [
  chain(sieSollten + ANWALT, few(7) + tat),
  chain(
    one("sie|du"),
    one("haben|hast"),
    some(3, "einen?", "ein", "klaren", "gesetzlichen", "guten?", "damit", "sich", "gesetzliches"),
    one(
      `(?:rechts)?anspruch auf ${few(2)}(?:schadens?ersatz|schmerzensgeld|abfindung|minderung|r(?:ü|ue)ckzahlung|entsch(?:ä|ae)digung|unterhalt|urlaub)`,
      "anrecht auf",
      "(?:das )?recht auf",
      "chancen? vor gericht",
      "(?:nicht )?strafbar gemacht",
    ),
  ),
  chain(one("ihnen|dir"), "steht", `${few(5)}zu`),
  chain(
    one("sie|du"),
    one("sind|bist"),
    some(2, "nicht", "daher", "damit"),
    one("(?:gesetzlich|rechtlich)"),
    few(4) + one("verpflichtet|berechtigt|haftbar|seite"),
  ),
  chain(one("sie|du"), one("haften|haftest|gewinnen|gewinnst"), some(2, "nicht", "sicher", "daher"), one("f(?:ü|ue)r|den prozess|vor gericht|das verfahren")),
  chain(
    one("ihre?|deine?|der|die|das|diese[rs]?"),
    few(2) + urkunde,
    `${few(6)}ist`,
    few(5) +
      one(
        "unwirksam|nichtig|rechtswidrig|ung(?:ü|ue)ltig|unzul(?:ä|ae)ssig|sittenwidrig|unverbindlich|verj(?:ä|ae)hrt|wertlos|nicht (?:bindend|wirksam|rechtens)",
      ),
  ),
  chain(one("abmahnung|vorladung|mahnbescheid"), one("k(?:ö|oe)nnen|kannst"), one("sie|du"), `${few(2)}ignorieren`),
  chain(
    one("ihre?|deine?"),
    one("vermieter(?:in)?|arbeitgeber(?:in)?|chef(?:in)?|nachbar(?:in)?|versicherung|h(?:ä|ae)ndler"),
    few(4) + one("muss ihnen|muss dir|darf|verst(?:ö|oe)(?:ß|ss)t|haftet|schuldet"),
  ),
  chain(one("verklagen|mahnen|verweigern|pl(?:ä|ae)dieren"), "sie", few(3) + one("den|die|das|ihren?|auf")),
  chain(one("drohen|fordern|erstatten|stellen"), "sie", few(5) + one("klage|schadens?ersatz|anzeige|strafantrag|entsch(?:ä|ae)digung")),
  chain(one("und|dann"), one("drohen|klagen"), "sie"),
  chain(one("unterschreiben"), "sie", `${few(4)}nicht`),
  chain(one("mein|unser"), one("rechtlicher rat|rechtsrat|juristischer rat")),
  chain(one("legen|reichen"), "sie", few(3) + one("widerspruch|einspruch|klage|berufung"), few(4) + one("ein|beim|gegen")),
  chain(
    one("das|dies"),
    "ist",
    some(2, "in ihrem fall", "eindeutig", "klar"),
    one("nicht strafbar", "vertragsbruch", "rechtlich (?:wertlos|erlaubt|zul(?:ä|ae)ssig)"),
  ),
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
      "You ought to appeal the ruling.",
      "You are within your rights to withhold the rent.",
      "Your landlord must return it to you.",
      "Sie sollten gegen den Vermieter Klage einreichen.",
      "Sie haben Anspruch auf Schadensersatz.",
      "Sie sind rechtlich nicht verpflichtet, das zu zahlen.",
      "Ihre Kündigung ist unwirksam.",
      "Sie können den Kaufvertrag anfechten.",
      "Ihnen steht Schmerzensgeld zu.",
      "Legen Sie gegen den Bescheid Widerspruch ein.",
    ],
    miss: [
      "Please ask a lawyer.",
      "You should ask a lawyer whether you can sue.",
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
