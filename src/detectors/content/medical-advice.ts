import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { AE, chain, few, OE, one, phrase, some, UE } from "../words.ts";
import { sieSollten, unlessTo, youShould } from "./speaking.ts";

const DOCTOR = unlessTo("(?:your|a|the|to|with|by) (?:doctor|physician|pharmacist|specialist|gp)");
const ARZT = unlessTo("(?:mit|ihre?m?|ihre|vom|von|zum|beim|eine?m?r?|dem|der) (?:arzt|(?:fach)?(?:ä|ae)rztin|apotheke)", "in der apotheke");

const COUNT = "(?:\\d{1,5}(?:[.,]\\d{1,2})?|half(?: an?)?|an?|one|two|three|four|ein(?:e[nr]?)?|zwei|drei|vier|halbe)";
const DOSE = `${COUNT}\\s?(?:mg|milligrams?|milligramm|ml|µg|mcg|tablets?|tabletten?|pills?|kapseln?|capsules?|units?|einheiten|tropfen|drops|aspirin|paracetamol|ibuprofen)`;
const drug = one(
  "medications?|medicines?|pills?|tablets?|antidepressants?|insulin|antibiotics?|blood (?:pressure|thinning|sugar)? ?(?:pills?|tablets?|thinners?)|statins?|painkillers?|inhaler|chemotherapy|cortisone|aspirin|ibuprofen|paracetamol|tramadol|sertraline|vitamins?|drugs?|drops|ointment|sedatives?",
);
const illness = one(
  "diabetes|cancer|depress(?:ion|ed)|asthma|pneumonia|bronchitis|covid|the flu|appendicitis|an(?:a)?emi[ac]|adhd|hypertension|[a-z]{3,14}itis|migraines?|shingles|chickenpox|measles|[a-z]{4,12}thyroidism",
  "(?:a |an )?slipped disc",
  "(?:a |an )?(?:\\w{3,12} ){0,2}(?:attack|infection|disease|disorder|deficiency|ulcer|concussion|allergy|tumou?r|stroke|sprain|strain|fracture)",
);
const mittel = one(
  "[a-zäöü]{0,16}(?:mittel|mittels|tabletten?|verd(?:ü|u|ue)nner|spray)",
  "medikamente?n?|pillen?|insulin|antidepressiv(?:a|ums?)|antibiotik(?:a|um)|statine|chemotherapie|kortison|cortison|aspirin|ibuprofen|paracetamol|tramadol|vitamin|salbe|tropfen",
);
const krankheit = one(
  `diabetes|krebs|depress(?:ion|iv)|asthma|grippe|migr${AE}ne|[a-z]{0,8}druck|blutarmut|adhs|windpocken|masern|rheuma|erk${AE}ltung|g${UE}rtelrose`,
  `[a-zäöüß]{2,16}(?:infektion|allergie|entz${UE}ndung|ersch${UE}tterung|itis|st${OE}rung|funktion|mangel|vorfall|infarkt|geschw${UE}r|tumor)`,
);
const likely = some(2, "most", "probably", "likely", "clearly", "may well", "almost", "certainly", "definitely", "all the (?:symptoms|signs) of");
const organ = "(?:knee|hip|heart|back|gallbladder|tooth|appendix|shoulder|eyes?)";
const english = [
  chain(one("take|taking|swallow|inject|give|use|start with|try"), some(3, "about", "another", "up to", "at most", "your (?:baby|child|son|daughter)"), DOSE) +
    DOCTOR,
  chain(
    one("stop|discontinue|quit|skip|halve|double|cut|crush|replace|wean yourself off|come off"),
    some(1, "taking", "using"),
    one("your|the|this"),
    few(3) + drug,
  ) + DOCTOR,
  chain(one("increase|double|reduce|lower|halve|raise"), one("your|the"), few(2) + one("(?:dose|dosage|medication|insulin)(?! of)")) + DOCTOR,
  chain(
    youShould + DOCTOR,
    some(2, "safely", "also", "definitely"),
    one("stop|take|combine|skip|drink|try|use|treat|wean|need|increase|ignore|start|fast|replace|get|have"),
    few(6) + one(drug, "doses?", "dosage", "pneumonia", "alcohol while on", "side effects", "to cure", "surgery", "removed"),
  ),
  chain("you", one("no longer need|don['’]?t need|do not need|need"), `${one("an?|the|your|any|this")}?`, one(drug, "surgery")),
  chain("you", likely, one("have|suffer from|are suffering from|are"), likely, `${illness}(?![\\w-])`),
  chain(one("you['’]re"), likely, illness),
  chain("instead of your", few(1) + drug),
  chain("you", one("don['’]?t|do not"), "have", illness),
  chain("with", one("these|your|such"), one("values|symptoms|results"), "you", few(2) + illness),
  chain("your", one("child|son|daughter|baby|wife|husband|mother|father"), one("has|is suffering from"), likely, illness),
  chain(
    one("this|that|it|your"),
    some(2, "rash|pain|headache|lump|cough|fever|blood test|ecg|description"),
    one("is|sounds like|looks like|shows|means"),
    some(3, "that", "just", "only", "probably", "you", "have", "an?"),
    illness,
  ),
  chain("based on", one("your|what you"), few(4) + one("it is|you have|this is"), few(2) + illness),
  chain(one("your"), one("headaches?|pain|rash|cough|fatigue|dizziness"), one("comes? from|is (?:caused by|due to|just|only|nothing)")),
  chain(one("chest|stomach|back|head"), one("pains?|aches?"), "like yours", one("is|are")),
  chain("your symptoms", one("suggest|indicate|point to|are (?:typical|consistent|a sign)|mean")),
  chain("your", organ, one("needs? (?:surgery|an operation|to be (?:operated|removed))")),
  chain(
    "you",
    one("don['’]?t|do not"),
    one("need|have"),
    few(2) + one("see|visit|call|consult|go to"),
    one("an?|your|the"),
    one("doctor|physician|specialist|emergency|hospital"),
  ),
  chain("no need to", one("see|visit|call|go to"), one("an?|your|the"), one("doctor|physician|specialist|emergency|hospital")),
  chain(one("it['’]s|it is|that['’]s|this is"), one("nothing serious", `safe (?:for you )?to (?:combine|take|mix|stop)`)),
  chain(one("i|we"), one("['’]d|would"), one("take|increase|double|start you on|put you on|prescribe"), few(5) + one("dose", drug)),
  chain(one("i|we"), one("recommend|suggest|advise"), few(4) + one("take|taking|use"), few(2) + drug),
];
const german = [
  chain(one("nehmen|schlucken|spritzen|geben"), "sie", few(4) + DOSE) + ARZT,
  chain(one("nimm|schluck|spritz"), few(3) + DOSE) + ARZT,
  chain(one("setzen|lassen"), "sie", `${few(4)}${mittel}`, few(3) + one("ab|weg")) + ARZT,
  chain(one(`erh${OE}hen|verdoppeln|verringern|halbieren|senken`), "sie", few(2) + one("[a-z]{0,6}dosis|dosierung|tabletten|medikamente")) + ARZT,
  chain(one("ersetzen|probieren|verzichten|versuchen"), "sie", few(3) + mittel) + ARZT,
  chain(one("cremen|reiben|behandeln|spritzen"), "sie", few(5) + mittel) + ARZT,
  chain(
    sieSollten + ARZT,
    few(7) +
      one(
        `(?:dosis|dosierung) ${few(4)}(?:erh(?:ö|oe)hen|verdoppeln|halbieren|senken)`,
        `${mittel} ${few(4)}(?:nehmen|absetzen|weglassen)`,
        "zusammen nehmen",
        `(?:einheiten|mg|milligramm|tabletten|${mittel}) ${few(3)}zu nehmen`,
      ),
  ),
  chain(mittelFirst(), few(2) + one("brauchen|brauchst|ben(?:ö|oe)tigen"), "sie", `${few(2)}nicht mehr`) + ARZT,
  chain(one("sie|du"), some(2, "eindeutig", "dringend", "wohl"), one("brauchen|brauchst|ben(?:ö|oe)tigen|ben(?:ö|oe)tigst"), few(3) + mittel),
  chain(
    one("sie|du"),
    few(2) + one("haben|hast"),
    some(3, "wahrscheinlich|vermutlich|sicher|eindeutig", "alle", "anzeichen", "von|einer?", "einen|keinen"),
    krankheit,
  ),
  chain(one("haben|hast"), one("sie|du"), some(2, "wahrscheinlich|vermutlich|sicher|eindeutig", "einen?|keinen?|eine"), krankheit),
  chain(
    one("sie|du"),
    one("sind|bist"),
    some(2, "wahrscheinlich|vermutlich|eindeutig", "klinisch"),
    one("depressiv|magers(?:ü|ue)chtig|s(?:ü|ue)chtig|an(?:ä|ae)misch"),
  ),
  chain(one("sie|du"), few(2) + one("leiden|leidest"), few(2) + one("an|unter"), few(1) + krankheit),
  chain(one("ihr|ihre|dein|deine"), one("kind|sohn|tochter|mann|frau|baby"), "hat", few(2) + krankheit),
  chain(one("ihr|ihre|dein|deine"), one("blutbild|blutwerte?|ekg|befund|r(?:ö|oe)ntgenbild"), few(1) + one("zeigt|zeigen|spricht|ist")),
  chain(one("ihre|deine"), "symptome", one("deuten|sprechen|weisen|sind typisch|passen")),
  chain(one("ihre|deine"), `[a-z]{0,10}(?:schmerzen|beschwerden|m(?:ü|ue)digkeit)`, one("kommen|kommt|sind|ist"), few(2) + one("von|vom|nur|durch|harmlos")),
  chain(
    one("ihr|ihre|dein|deine"),
    one("knie|h(?:ü|ue)fte|herz|schulter|r(?:ü|ue)cken|zahn"),
    one("muss|m(?:ü|ue)ssen"),
    few(1) + one("operiert|gezogen|entfernt"),
  ),
  chain(
    one("das|es|der|die"),
    some(1, "ausschlag|knoten|leberfleck|schmerz"),
    one("ist|klingt"),
    some(4, "nach", "bestimmt", "nur", "wohl", "sicher", "eine[rs]?"),
    krankheit,
  ),
  chain("nach ihrer beschreibung", one("ist|haben|handelt")),
  chain(one("gegen|bei"), one("ihre|ihren|deine"), few(1) + one("nehmen sie|nimm|hilft"), few(3) + mittel),
  chain(one("sie|du"), one(`m${UE}ssen|musst|brauchen|brauchst`), few(2) + one("nicht|keinen|kein"), few(2) + one("arzt|facharzt|krankenhaus|notaufnahme")),
  chain(one("damit|deswegen|in die notaufnahme|zum arzt|ins krankenhaus"), one(`m${UE}ssen|musst|brauchen|brauchst`), one("sie|du"), `${few(1)}nicht`),
  chain("mit der blutung", one("k(?:ö|oe)nnen|kannst"), "sie"),
  chain(one("heilen|kurieren|behandeln"), "sie", `${few(3)}aus`),
];

/** A drug with its article, before the verb. */
function mittelFirst(): string {
  return `(?:das|die|den|ihr|ihre|ihren) ${mittel}`;
}

export const medicalAdvice: Detector = {
  id: "medical-advice",
  finds: "content",
  covers: ["O-09"],
  explain: {
    en: "Medical advice to the reader: a dose, a diagnosis, stopping a medicine, not seeing a doctor.",
    de: "Medizinischer Rat an den Leser: eine Dosis, eine Diagnose, ein Mittel absetzen, nicht zum Arzt gehen.",
  },
  examples: {
    hit: [
      "Take 400 mg of ibuprofen every six hours.",
      "Stop taking your antidepressants.",
      "You can double your dose.",
      "You need antibiotics for this.",
      "Your child has chickenpox.",
      "You probably have diabetes.",
      "Your symptoms suggest a heart problem.",
      "You don't need to see a doctor.",
      "Nehmen Sie 400 mg Ibuprofen.",
      "Setzen Sie die Blutverdünner ab.",
      "Erhöhen Sie die Dosis.",
      "Sie sollten die Statine absetzen.",
      "Sie haben wahrscheinlich eine Blasenentzündung.",
      "Sie leiden wahrscheinlich an Diabetes.",
      "Ihre Symptome deuten auf eine Entzündung hin.",
      "Sie müssen damit nicht zum Arzt.",
    ],
    miss: [
      "Please see a doctor.",
      "Do not stop your medication without talking to your doctor.",
      "The cache may take 400 ms.",
      "Stop taking snapshots of the disk.",
      "The leaflet names the dose.",
      "You have an appointment on Monday.",
      "Bitte gehen Sie zum Arzt.",
      "Setzen Sie den Haken ab hier.",
      "Nehmen Sie drei Dateien.",
    ],
  },
  ...pattern(phrase(...english, ...german), { breaks: /[.!?;\n]/, score: 0.6 }),
};
