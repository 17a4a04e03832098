import type * as english from "./en.ts";

/** Commander spricht nur Englisch: Was es von sich aus sagt, wird an seiner Form erkannt. */
const SAID: readonly (readonly [english: RegExp, german: string])[] = [
  [/^Usage:$/, "Aufruf:"],
  [/^Arguments:$/, "Argumente:"],
  [/^Options:$/, "Optionen:"],
  [/^Commands:$/, "Befehle:"],
  [/^display help for command$/, "diese Hilfe anzeigen"],
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
  after:
    "\nDaten gehen an die Standardausgabe, Meldungen an die Standardfehlerausgabe.\nExit-Codes: 0 in Ordnung, 1 Fehler, 2 falscher Aufruf, 100 Funde.\nErster Start: npm start, oder: holdfast serve --init",
  example: "Beispiel",
  more: (command) => `(\`${command} --help\` zeigt den richtigen Aufruf)`,
  whole: "Es muss eine Zahl von 1 bis 999999 sein.",
  bug: (code) => `In Holdfast selbst ist etwas schiefgegangen (${code})`,
  said: (text) => SAID.reduce((said, [english, german]) => said.replace(english, german), text),
};
