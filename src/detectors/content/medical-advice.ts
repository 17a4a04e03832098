import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { AE, chain, few, OE, one, phrase, some, UE } from "../words.ts";

const DOSE = "\\d{1,5}(?:[.,]\\d{1,2})?\\s?(?:mg|milligrams?|milligramm|ml|µg|mcg|tablets?|tabletten?|pills?|kapseln?|capsules?)\\b";
const illness = one(
  "diabetes|cancer|depression|asthma|pneumonia|bronchitis|covid|the flu|a (?:heart|kidney|urinary|sinus|bladder) (?:attack|infection|disease)|an? (?:infection|ulcer|concussion|allergy)|appendicitis|anemia|adhd|hypertension|arthritis|migraines?",
);
const krankheit = one(
  `diabetes|krebs|einer? (?:depression|infektion|allergie|blasenentz${UE}ndung|lungenentz${UE}ndung|gehirnersch${UE}tterung)|asthma|bronchitis|grippe|migr${AE}ne|bluthochdruck|blutarmut|adhs`,
);
const english = [
  chain(one("take|taking|swallow|inject"), some(2, "about", "one", "up to", "at most"), DOSE),
  chain(
    one("stop|discontinue|quit"),
    some(1, "taking", "using"),
    "your",
    few(2) + one("medication|medicine|pills|antidepressants?|insulin|antibiotics?|blood thinners?|statins?"),
  ),
  chain(one("increase|double|reduce|lower|halve"), "your", few(2) + one("dose|dosage|medication|insulin")),
  chain("you", some(2, "most", "probably", "likely", "clearly", "may well", "definitely"), one("have|suffer from|are suffering from"), illness),
  chain("your symptoms", one("suggest|indicate|point to|are (?:typical|consistent|a sign)|mean")),
  chain("you", one("don['’]?t|do not"), one("need"), few(2) + one("see|visit|call|consult"), one("a|your"), one("doctor|physician|specialist")),
];
const german = [
  chain(one("nehmen|schlucken|spritzen"), one("sie"), some(2, "etwa", "bis zu", "dreimal", "einmal"), DOSE),
  chain(one("nimm|schluck"), some(2, "etwa", "bis zu", "dreimal"), DOSE),
  chain(one("setzen"), "sie", few(4) + one(`medikamente?|tabletten|insulin|antidepressiva|antibiotik(?:a|um)|blutverd${UE}nner`), "ab"),
  chain(one(`erh${OE}hen|verdoppeln|verringern|halbieren|senken`), "sie", few(2) + one("dosis|dosierung")),
  chain(
    one("sie|du"),
    some(2, "wahrscheinlich", "vermutlich", "sicher"),
    one("leiden|leidest"),
    some(1, "wahrscheinlich", "vermutlich"),
    one("an|unter"),
    krankheit,
  ),
  chain(one("ihre|deine"), "symptome", one("deuten|sprechen|weisen|sind typisch|passen")),
  chain(one("sie|du"), one(`m${UE}ssen|musst|brauchen|brauchst`), few(2) + one("nicht|keinen|kein"), few(2) + one("arzt|facharzt|krankenhaus")),
];

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
      "You probably have diabetes.",
      "Your symptoms suggest a heart problem.",
      "You don't need to see a doctor.",
      "Nehmen Sie 400 mg Ibuprofen.",
      "Setzen Sie die Blutverdünner ab.",
      "Erhöhen Sie die Dosis.",
      "Sie leiden wahrscheinlich an Diabetes.",
      "Ihre Symptome deuten auf eine Entzündung hin.",
      "Sie müssen damit nicht zum Arzt.",
    ],
    miss: [
      "Please see a doctor.",
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
