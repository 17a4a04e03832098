import { identifier } from "../identifier.ts";

export const germanTaxNumber = identifier({
  id: "german-tax-number",
  explain: {
    en: "A tax number of a German tax office (Steuernummer), in the form of a state or of the federation, behind a word that says so.",
    de: "Eine Steuernummer eines Finanzamts, in der Schreibweise eines Landes oder des Bundes, hinter einem Wort, das sie nennt.",
  },
  examples: {
    hit: ["Steuernummer 181/815/08155", "St.-Nr.: 93 815 08152", "StNr 21/815/08150", "Steuernummer: 2893081508152", "Steuernummer 30054189274"],
    miss: ["181/815/08155", "Steuernummer beantragen", "Steuernummer 12", "Steuernummer 0081508150001"],
  },
  form: "\\d{2,3}[/ ]\\d{3,4}[/ ]\\d{4,5}|0?\\d{2}[/ ]\\d{3}[/ ]\\d{5}|\\d{10,11}|[1-9]\\d{11}|(?!00)\\d{13}",
  words: ["steuernummer", "steuer-nr", "steuer-nr.", "steuernr", "st.-nr", "st-nr", "stnr", "tax number"],
});
