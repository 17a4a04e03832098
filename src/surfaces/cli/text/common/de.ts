import { EVERYTHING } from "../../../../core/german/everything.ts";
import { inGerman } from "../../../../core/german.ts";
import { count } from "../count.ts";
import type * as english from "./en.ts";

export const sentence: typeof english.sentence = (text) => inGerman(text, EVERYTHING) ?? text;

export const progress: typeof english.progress = (many, each) => `${many}, ${each} pro Sekunde`;

export const configuration: typeof english.configuration = {
  none: "Es gibt keine Konfiguration",
  faults: (number) => `Die Konfiguration hat ${count(number, "Fehler", "Fehler")}`,
  unusable: "Die Konfiguration ist nicht verwendbar, deshalb wurde nichts geändert",
  noAgent: (agent) => `Den Agenten \`${agent}\` gibt es in der Konfiguration nicht`,
  noAgents: "In der Konfiguration steht kein Agent",
  addAgent: "Tragen Sie unter `agents` einen ein",
  there: (names) => `vorhanden: ${names.join(", ")}`,
};

export const files: typeof english.files = {
  unreadable: (path, code) => `\`${path}\` lässt sich nicht lesen: ${code}`,
  "no-file": (path) => `\`${path}\` ist keine Datei`,
  "too-large": (path, most) => `\`${path}\` ist zu groß: mehr als ${most} Bytes`,
  "no-text": (path) => `\`${path}\` ist kein UTF-8-Text`,
  changed: (path) => `\`${path}\` wurde inzwischen geändert`,
  unchangeable: (path, code) => `\`${path}\` lässt sich nicht ändern: ${code}`,
  taken: (path) => `\`${path}\` gibt es schon, und es ist keine Datei`,
  again: "Es wurde nichts geschrieben; versuchen Sie es noch einmal",
  unwritable: (path, code) => `\`${path}\` lässt sich nicht schreiben: ${code}`,
  there: "Die Datei gibt es schon",
  illegible: (path) => `\`${path}\` lässt sich nicht lesen`,
  key: (path) => `Der öffentliche Schlüssel \`${path}\` lässt sich nicht lesen`,
};

export const server: typeof english.server = {
  elsewhere: "Der Speicher dieser Konfiguration liegt nicht auf diesem Rechner",
  runThere: "Rufen Sie dies dort auf, wo der Server läuft",
  silent: (host) => `Unter \`${host}\` antwortet kein Server`,
  impostor: (host) => `Was unter \`${host}\` antwortet, weist sich nicht als der hier gestartete Server aus; gesendet wurde nichts`,
  start: "Läuft er? `holdfast serve` startet ihn",
  stranger: "Der Server kennt das Token dieses Betreibers nicht",
  variable: (name) => `Steht in \`${name}\` ein anderes?`,
  refused: (status) => `Der Server hat abgelehnt (${status})`,
  noConsole: "Eine Konsole gibt es hier nicht",
  noLogin: "Der Server hat keinen Anmeldelink ausgestellt",
  other: "Ist es ein anderer Server oder ein älterer?",
  older: "Ist es ein älterer Server?",
  noAddress: "Wo der Server läuft, lässt sich nicht lesen",
  anew: "Starten Sie ihn neu",
  noToken: "Dieser Benutzer darf das Token des Betreibers nicht lesen",
  asThat: (name) => `Rufen Sie dies als der Benutzer auf, unter dem der Server läuft, oder setzen Sie \`${name}\``,
  never: "Mit dieser Konfiguration ist noch kein Server gelaufen",
  startIt: "`holdfast serve` startet ihn",
  noRun: (name) => `Unter dem Namen \`${name}\` läuft zurzeit nichts`,
  whatRuns: "Was wo wartet: holdfast approvals list",
  console: "Der Link gilt einmal und zehn Minuten lang",
};

export const why: typeof english.why = {
  missing: "Der Grund fehlt: Er wird mit Ihrem Namen festgehalten",
  word: "Grund",
};
