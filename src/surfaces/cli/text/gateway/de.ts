import { count, when } from "../count.ts";
import type * as english from "./en.ts";

export const init: typeof english.init = {
  there: (file) => `\`${file}\` gibt es schon`,
  another: "Es wurde nichts geändert; nennen Sie eine andere Datei",
  start: "Starten mit:  holdfast serve",
};

export const serve: typeof english.serve = {
  wrote: (path) => `Eine erste Konfiguration wurde geschrieben: ${path}`,
  reloaded: (file) => `${file} wurde neu gelesen und gilt`,
  refused: "Die geänderte Konfiguration wurde abgelehnt; die alte gilt weiter",
  stopping: "Wird beendet; laufende Anfragen dürfen noch zu Ende gehen",
  ready: "Holdfast ist bereit.",
  names: { gateway: "Gateway", admin: "Admin", egress: "Egress", console: "Konsole", key: "API-Key" },
  admin: "Zustand, Metriken",
  once: "gilt einmal; `holdfast console` stellt einen neuen Link aus",
  forAgent: (agent) => `für den Agenten ${agent}`,
  shownOnce: "wird nur dieses Mal gezeigt; `holdfast keys mint` macht einen neuen",
  try: "Zum Ausprobieren:",
  noAddress: (text) => `\`--listen ${text}\` ist keine Adresse mit Port`,
  addressLike: "So ist es richtig: 127.0.0.1:8787 oder [::1]:8787",
};

export const check: typeof english.check = {
  good: (path, tests, warnings, guessed) =>
    `${path} ist in Ordnung: ${tests === 0 ? "keine Tests" : `${count(tests, "Test", "Tests")} bestanden`}, ${count(warnings, "Warnung", "Warnungen")}, ${count(guessed, "Werkzeug", "Werkzeuge")} mit ermittelten Eigenschaften`,
  left: (tools) => `Nicht geschrieben, weil der Server nicht unter \`tools\` steht: ${tools.join(", ")}`,
  nothing: "Es gibt nichts zu bestätigen",
  confirmed: (tools, backup) =>
    `${count(tools, "Werkzeug", "Werkzeuge")} bestätigt; die Datei, wie sie war, bevor Holdfast sie zum ersten Mal geändert hat: ${backup}`,
  spoiled: (path) => `\`${path}\` ließe sich mit diesen Eigenschaften nicht mehr lesen`,
  byHand: "Die Datei ist, wie sie war; tragen Sie die Eigenschaften von Hand unter `tools` ein",
  agent: (agent, role) => `Agent ${agent} (Rolle ${role})`,
  names: { models: "Modelle", read: "Lesen", write: "Ändern", deny: "gesperrt", egress: "erreicht" },
  tools: "Werkzeuge",
  leaves: "verlässt das Haus",
  stays: "bleibt im Haus",
  results: (trust) => `Ergebnisse ${trust}`,
  countedBy: (tool) => `Datensätze zählt ${tool}`,
  countsItself: "Datensätze zählt der eigene Probelauf",
  guessed: "  (? = ermittelt, nicht konfiguriert: `holdfast check --confirm` schreibt es in die Datei)",
  rules: "Regeln",
  would: (effect) => `nur beobachtet: ${effect}`,
  after: (after, until) => `, nach ${after}${when(until, (text) => `, bis ${text}`)}`,
  nothingListed: "nichts",
};

export const doctor: typeof english.doctor = {
  ok: "ok",
  look: "prüfen",
  none: "Es gibt keine",
  write: "`holdfast init` schreibt eine",
  faults: (number) => `${number} Fehler`,
  showFaults: "`holdfast check` zeigt sie",
  noCredential: "Es sind keine Zugangsdaten konfiguriert",
  well: "Alles ist in Ordnung",
  bad: (bad, all) => `${bad} von ${all} ${bad === 1 ? "verlangt" : "verlangen"} Aufmerksamkeit`,
  elsewhere: "liegen nicht auf der Platte dieses Rechners",
  open: (folder) => `${folder} steht anderen Benutzern dieses Rechners offen`,
  unusable: (folder) => `${folder} ist für diesen Benutzer nicht verwendbar`,
  willBe: (folder) => `${folder} wird beim ersten Start angelegt`,
  cannotBe: (folder, parent) => `${folder} lässt sich in ${parent} nicht anlegen`,
  free: (address) => `${address} ist frei`,
  inUse: (address) => `${address} ist belegt: von Holdfast, falls es läuft`,
  deaf: (address, code) => `${address} lässt sich nicht öffnen: ${code}`,
  otherAddress: "Nennen Sie unter `server` eine andere Adresse",
};

export const keys: typeof english.keys = {
  minted: (id, agent) => `${id} für den Agenten ${agent}: Heben Sie den Schlüssel jetzt auf, er wird nicht noch einmal gezeigt`,
  allModels: "alle Modelle",
  made: (time) => `erstellt ${time}`,
  until: (time) => (time === undefined ? "bis zum Widerruf" : `bis ${time}`),
  summary: (number) => count(number, "Schlüssel", "Schlüssel"),
  none: (id) => `Den Schlüssel \`${id}\` gibt es nicht`,
  list: "`holdfast keys list` zeigt alle",
  revoked: "Widerrufen: Ein laufendes Gateway beendet in ein, zwei Sekunden, was der Schlüssel geöffnet hat",
  noTime: (text) => `\`--expires ${text}\` ist keine Dauer`,
  timeLike: "So ist es richtig: 30m, 12h oder 90d",
};

export const audit: typeof english.audit = {
  nameExport: "Nennen Sie einen Export: holdfast audit verify DATEI --key data/audit.vkey",
  noKey: "Der öffentliche Schlüssel des Protokolls fehlt",
  giveKey: "--key data/audit.vkey (wo das Protokoll liegt, gibt ihn `holdfast audit key` aus)",
  names: { records: "Einträge", size: "Baumgröße", root: "Wurzel", checkpoints: "Prüfpunkte", witnesses: "Zeugen" },
  uncovered: (number) => `davon ${number} nach dem letzten Prüfpunkt`,
  nobody: "keine",
  verified: "geprüft, stimmt",
  bad: (why, line, seq) => `${when(seq === undefined ? undefined : String(seq), (at) => `Eintrag ${at}: `)}${why} (Zeile ${line})`,
  untrue: "Das Protokoll ist nicht, was es zu sein behauptet",
  good: (records) => (records === 1 ? "1 Eintrag davor stimmt" : `${records} Einträge davor stimmen`),
  record: (index, size, root, id) => `Eintrag ${index} von ${size} unter der Wurzel ${root} (\`holdfast audit proof ${id}\`)`,
  kilobytes: "Kilobytes",
  written: (file, key) => `Geschrieben nach ${file}; so wird es geprüft: holdfast audit verify ${file} --key ${key}`,
  noDecision: (id) => `Die Entscheidung \`${id}\` steht nicht im Protokoll`,
  tail: "`holdfast audit tail` zeigt die neuesten",
};

export const decide: typeof english.decide = {
  noObject: (fault, at) => `Die Standardeingabe ist kein einzelnes JSON-Objekt: ${fault} (bei Zeichen ${at})`,
  notUnderstood: (fault) => `Die Anfrage ist nicht verständlich: ${fault}`,
  would: (effect) => `nur beobachtet: ${effect}`,
};

export const replay: typeof english.replay = {
  first: (agent) => `Läufe, die keinen Agenten nennen, werden für \`${agent}\` entschieden`,
  outOfTheBox: "Es ist kein Agent konfiguriert: Es gilt der Auslieferungszustand (jedes Werkzeug ist erlaubt; Informationsfluss und Detektoren entscheiden)",
  runs: "Läufe",
  summary: (runs, counts) => `${count(runs, "Lauf", "Läufe")}: ${counts}`,
  alike: (calls) => (calls === 1 ? "Der Entwurf entscheidet den einen Aufruf gleich" : `Der Entwurf entscheidet alle ${calls} Aufrufe gleich`),
  otherwise: (changed, calls, list) =>
    `${changed} von ${count(calls, "Aufruf", "Aufrufen")} würde${changed === 1 ? "" : "n"} anders entschieden: ${list.join(", ")}`,
  becomes: (number, before, after) => `${number} × ${before} wird ${after}`,
};

export const inspect: typeof english.inspect = {
  fromInput: "Mit `--jsonl` kommen die Texte aus der Standardeingabe",
  texts: "Texte",
  hidden: "(nicht gezeigt)",
  found: (effect, findings, score) => `${effect}: ${findings === 0 ? "nichts gefunden" : count(findings, "Fund", "Funde")}, Injection-Wert ${score}`,
};

export const scan: typeof english.scan = {
  writesOnly: "`--template` schreibt einen Prompt und liest keine Datei",
  noTemplate: (role) => `Eine Vorlage \`${role}\` gibt es nicht`,
  templates: (roles) => `vorhanden: ${roles.join(", ")}`,
  empty: "Der Prompt ist leer",
  writeOne: "`holdfast scan prompt --template assistant` schreibt einen für den Anfang",
  tooLong: (most) => `Der Prompt hat mehr als ${most} Zeichen`,
  line: "Zeile",
  fix: (fix) => `Abhilfe: ${fix}`,
  summary: (findings) => (findings === 0 ? "nichts gefunden" : count(findings, "Fund", "Funde")),
  unreadable: "Der Prompt lässt sich nicht lesen",
  notText: "Der Prompt ist kein Text in UTF-8",
  givePath: "Geben Sie den Pfad einer Textdatei an oder `-` für die Standardeingabe",
};
