import { inGerman } from "../../../../core/german.ts";
import { count } from "../count.ts";
import type * as english from "./en.ts";

export const sentence: typeof english.sentence = (text) => inGerman(text) ?? text;

/** Commander spricht nur Englisch: Was es von sich aus sagt, wird an seiner Form erkannt. */
const SAID: readonly (readonly [english: RegExp, german: string])[] = [
  [/^Usage:$/, "Aufruf:"],
  [/^Arguments:$/, "Argumente:"],
  [/^Options:$/, "Optionen:"],
  [/^Commands:$/, "Befehle:"],
  [/\[options\]/, "[Optionen]"],
  [/\[command\]/, "[Befehl]"],
  [/\(choices: /, "(möglich: "],
  [/(\(|, )default: /, "$1Standard: "],
  [/^error: unknown option '(.*)'$/m, "Fehler: Die Option '$1' gibt es nicht"],
  [/^error: unknown command '(.*)'$/m, "Fehler: Den Befehl '$1' gibt es nicht"],
  [/^\(Did you mean one of (.*)\?\)$/m, "(Gemeint ist vielleicht eines von $1)"],
  [/^\(Did you mean (.*)\?\)$/m, "(Gemeint ist vielleicht $1)"],
  [/^error: required option '(.*)' not specified$/m, "Fehler: Die Option '$1' fehlt"],
  [/^error: option '(.*)' argument missing$/m, "Fehler: Zur Option '$1' fehlt der Wert"],
  [/^error: missing required argument '(.*)'$/m, "Fehler: Das Argument '$1' fehlt"],
  [/^error: option '(.*)' argument '(.*)' is invalid\. /m, "Fehler: '$2' ist kein Wert für die Option '$1'. "],
  [/^error: command-argument value '(.*)' is invalid for argument '(.*)'\. /m, "Fehler: '$1' ist kein Wert für das Argument '$2'. "],
  [/Allowed choices are (.*)\.$/m, "Möglich sind $1."],
  [/^error: too many arguments.* Expected (\d+) arguments? but got (\d+): (.*)\.$/m, "Fehler: $2 Argumente statt höchstens $1: $3."],
];

export const usage: typeof english.usage = {
  error: "Fehler:",
  warning: "Warnung:",
  lang: "Sprache der Meldungen (Standard: die der Umgebung) und einer Vorlage (Standard: en)",
  version: "Version ausgeben",
  help: "diese Hilfe anzeigen",
  after:
    "\nDaten gehen an die Standardausgabe, Meldungen an die Standardfehlerausgabe.\nExit-Codes: 0 in Ordnung, 1 Fehler, 2 falscher Aufruf, 100 Funde.\nErster Start: npm start, oder: holdfast serve --init",
  example: "Beispiel",
  more: (command) => `(\`${command} --help\` zeigt den richtigen Aufruf)`,
  whole: "Es muss eine Zahl von 1 bis 999999 sein.",
  bug: (code) => `In Holdfast selbst ist etwas schiefgegangen (${code})`,
  said: (text) => SAID.reduce((said, [english, german]) => said.replace(english, german), text),
};

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
