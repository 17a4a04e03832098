import type { Spoken } from "../../spoken.ts";

/** Optionen, die überall dasselbe bedeuten. */
export const everywhere: { readonly [flag: string]: string } = {
  "--config": "die Konfiguration (Standard: $HOLDFAST_CONFIG, ./holdfast.yaml, dann die des Benutzers)",
  "--json": "Daten für Programme",
  "--reason": "der Grund; er wird mit Ihrem Namen festgehalten",
};

const WRAPPED = {
  "--file": "seine Datei, falls sie woanders liegt",
  "--server": "nur dieser Server; mehrfach möglich (Standard: alle)",
  "--dry-run": "zeigen, was sich ändern würde, und nichts ändern",
};
const AGENT = "sein Name in der Konfiguration";
const DECISION = "die Kennung einer Entscheidung";
const TOOL = "server.werkzeug";
const LOOKED_AT = "was Sie sich angesehen haben";
const SEVERAL = "was Sie sich angesehen haben; mehrere nur von gleicher Form";
const TASK = "wie `holdfast rollback list` sie nennt";
const PUBLIC_KEY = "der öffentliche Schlüssel des Protokolls oder die Datei, in der er steht";
const ELSEWHERE = "die Konfiguration, für Sandboxes, die nicht auf diesem Rechner sind";
const PHASES = {
  "--tool": "nur mit diesem Werkzeug (server.werkzeug), das dann eine eigene Phase hat",
  "--to": "eine andere Phase als die nächste",
};

/** Die Hilfe jedes Befehls. Das Englische steht bei den Befehlen selbst. */
export const help: { readonly [command: string]: Spoken } = {
  "": { about: "Die Sicherheitsschicht zwischen einem KI-Agenten und allem, was er berührt." },
  init: { about: "eine erste Konfiguration schreiben", arguments: { file: "wohin" } },
  serve: {
    about: "Gateway und Konsole starten",
    options: {
      "--listen": "die Adresse für Agenten, API und Konsole; geht der Konfiguration vor",
      "--init": "eine erste Konfiguration schreiben, falls es keine gibt",
    },
  },
  run: {
    about: "zwischen einem MCP-Client und dem Server stehen, den er startet: gehört vor den Befehl des Servers",
    arguments: { command: "der Befehl des Servers, nach `--`" },
    options: {
      "--server": "Name des Servers in Regeln und Protokoll (Standard: aus dem Befehl)",
      "--agent": "wessen Rolle entscheidet (Standard: der erste Agent der Konfiguration)",
    },
  },
  check: {
    about:
      "Fehler in einer Konfiguration finden und zeigen, was sie bedeutet; nennt sie ein größeres Modell, wird es einmal geladen, das dauert bis zu einer Minute",
    options: {
      "--strict": "Warnungen zählen: Exit-Code 100, wenn es eine gibt",
      "--confirm": "das über Werkzeuge Ermittelte in die Datei schreiben, damit es dort steht und keine Vermutung bleibt",
    },
  },
  inspect: {
    about: "zeigen, was die Detektoren in einem Text (oder der Standardeingabe) finden",
    arguments: { text: "der Text; nichts oder `-` liest die Standardeingabe" },
    options: {
      "--source": "wer ihn geschrieben hat: user, tool, web, model, …; unbekannte Wörter sind nicht vertrauenswürdig",
      "--direction": "auf dem Weg hinein oder hinaus",
      "--jsonl": 'ein Objekt pro Zeile: {"id"?, "text", "source"?, "direction"?}',
    },
  },
  decide: { about: "Darf das geschehen? Liest eine Anfrage von der Standardeingabe; protokolliert wird nichts, denn es geschieht nichts" },
  replay: {
    about: "jeden Werkzeugaufruf aufgezeichneter Läufe entscheiden; protokolliert wird nichts, denn es geschieht nichts",
    options: {
      "--jsonl": "ein Lauf pro Zeile (eine andere Form gibt es nicht)",
      "--draft": "eine andere Konfiguration: zeigt nur, was sie anders entschiede; Exit-Code 100, wenn es etwas gibt",
    },
  },
  audit: { about: "das Protokoll lesen und prüfen" },
  "audit verify": {
    about: "einen Export oder das Protokoll selbst prüfen, allein mit dem öffentlichen Schlüssel",
    arguments: { export: "eine Datei von `audit export` oder der Ordner eines Protokolls (Standard: das konfigurierte)" },
    options: { "--key": PUBLIC_KEY },
  },
  "audit tail": { about: "die neuesten Entscheidungen", options: { "--lines": "wie viele", "--follow": "mit neuen fortfahren" } },
  "audit show": { about: "alles, was über eine Entscheidung bekannt ist", arguments: { id: DECISION } },
  "audit export": {
    about: "das ganze Protokoll als JSON-Zeilen, samt Prüfpunkten",
    options: { "--out": "wohin (Standard: Standardausgabe)" },
  },
  "audit proof": { about: "der Beweis, dass eine Entscheidung im Protokoll steht (C2SP tlog proof)", arguments: { id: DECISION } },
  "audit key": { about: "der öffentliche Schlüssel des Protokolls (C2SP note key)" },
  keys: { about: "die API-Keys der Agenten" },
  "keys mint": {
    about: "einen Schlüssel erstellen; er wird nur einmal gezeigt",
    options: {
      "--agent": "der Agent, dem er gehört",
      "--user": "der Benutzer, für den er immer handelt",
      "--model": "die Modelle, die er erreicht, etwa openai/* (Standard: alle des Agenten)",
      "--expires": "wie lange er gilt: 12h, 30d (Standard: bis zum Widerruf)",
    },
  },
  "keys list": { about: "alle Schlüssel, ohne die Schlüssel selbst" },
  "keys revoke": {
    about: "einen Schlüssel widerrufen und alles beenden, was er geöffnet hat",
    arguments: { id: "die Kennung eines Schlüssels" },
  },
  tools: { about: "die Werkzeuge der MCP-Server: wie sie sich bei der ersten Begegnung beschrieben haben und wie jetzt" },
  "tools list": {
    about: "alle bisher gesehenen Werkzeuge; Exit-Code 100, wenn eines zurückgehalten wird",
    options: { "--held": "nur die zurückgehaltenen" },
  },
  "tools show": { about: "was ein Server über ein Werkzeug sagt und was er daran geändert hat", arguments: { tool: TOOL } },
  "tools accept": {
    about: "annehmen, was ein Server jetzt über ein Werkzeug sagt",
    arguments: { tool: TOOL },
    options: { "--digest": "was Sie sich angesehen haben, wie `holdfast tools show` es nennt" },
  },
  approvals: { about: "was Agenten tun wollen und ein Mensch entscheiden muss" },
  "approvals list": {
    about: "die wartenden Fragen, am Gateway und unter `holdfast run`; Exit-Code 100, wenn eine wartet",
    options: { "--all": "auch die beantworteten" },
  },
  "approvals show": {
    about: "alles, was geschehen würde, und warum gefragt wird",
    arguments: { id: "wie `holdfast approvals list` sie nennt" },
  },
  "approvals approve": {
    about: "genau dies freigeben, einmal",
    arguments: { id: SEVERAL },
    options: { "--seen": "der Fingerabdruck aus `show`, wenn jemand anderes etwas geändert hat: Genau das wird freigegeben" },
  },
  "approvals edit": {
    about: "mit anderen Argumenten freigeben",
    arguments: { id: LOOKED_AT },
    options: { "--args": "alle Argumente, als ein JSON-Objekt" },
  },
  "approvals ask": {
    about: "vor der Antwort beim Agenten nachfragen",
    arguments: { id: LOOKED_AT, text: "was Sie wissen wollen" },
  },
  "approvals reject": { about: "zurückweisen; der Agent erfährt es", arguments: { id: SEVERAL } },
  "approvals rule": {
    about: "eine Antwort als Regel, zum Lesen und Einfügen; geändert wird nichts",
    arguments: { id: "eine beantwortete Frage" },
  },
  "approvals attention": { about: "wie genau Menschen ansehen, was sie beantworten; Exit-Code 100, wenn jemand nicht hinzusehen scheint" },
  "approvals verify": {
    about: "einen Beleg prüfen, allein mit dem öffentlichen Schlüssel",
    arguments: { file: "die Ausgabe von `holdfast approvals show --json` oder ihr `receipt`" },
    options: { "--key": PUBLIC_KEY },
  },
  agents: { about: "die Agenten des laufenden Gateways: wie viel Menschen zuerst sehen, und der Notausschalter" },
  "agents list": { about: "jeder Agent, seine Phase, und wer ihn warum angehalten hat" },
  "agents show": { about: "was ein Agent darf, seine Phase und die Zahlen für die nächste", arguments: { agent: AGENT } },
  "agents history": { about: "wer einen Agenten wann und warum umgestuft hat", arguments: { agent: AGENT } },
  "agents promote": {
    about: "einen Agenten hochstufen, damit Menschen weniger zuerst sehen: einen Schritt, wenn seine Zahlen erreicht sind",
    arguments: { agent: AGENT },
    options: { ...PHASES, "--force": "obwohl die Zahlen nicht erreicht sind, oder über mehr als einen Schritt" },
  },
  "agents demote": {
    about: "einen Agenten zurückstufen, damit Menschen mehr zuerst sehen; gilt sofort",
    arguments: { agent: AGENT },
    options: PHASES,
  },
  "agents pause": {
    about: "beenden, was ein Agent offen hat, und seine Schlüssel abweisen, bis er fortgesetzt wird",
    arguments: { agent: AGENT },
    options: {
      "--all": "alle Agenten",
      "--rollback": "und zurücknehmen, was seine offenen Aufgaben getan haben; Exit-Code 100, wenn etwas übrig bleibt",
    },
  },
  "agents resume": {
    about: "einen angehaltenen Agenten fortsetzen",
    arguments: { agent: AGENT },
    options: { "--all": "alle Agenten" },
  },
  incidents: { about: "was aufgehalten wurde und jemand sich ansehen muss, und welche Meldungen fällig sind" },
  "incidents list": { about: "alle, die neuesten zuerst; Exit-Code 100, solange einer offen oder eine Meldung überfällig ist" },
  "incidents show": {
    about: "seine Entscheidungen, seine Fristen, und was unternommen wurde",
    arguments: { incident: "wie `holdfast incidents list` ihn nennt" },
  },
  rollback: { about: "zurücknehmen, was eine Aufgabe getan hat, mit den Aufrufen aus der Konfiguration" },
  "rollback list": { about: "Aufgaben, die sich zurücknehmen lassen; Exit-Code 100, wenn eine Rückabwicklung etwas übrig ließ" },
  "rollback show": {
    about: "jeder Schritt einer Aufgabe, und wie er zurückgenommen wird oder wurde",
    arguments: { task: TASK },
  },
  "rollback run": {
    about: "zurücknehmen, vom letzten Schritt an, jeden höchstens einmal; Exit-Code 100, wenn etwas übrig bleibt",
    arguments: { task: TASK },
    options: {
      "--from": "diesen Schritt und die späteren zurücknehmen, die früheren behalten",
      "--dry-run": "zeigen, was aufgerufen würde, und nichts aufrufen",
    },
  },
  "rollback settle": {
    about: "festhalten, dass Sie sich einen übrig gebliebenen Schritt angesehen haben",
    arguments: { task: TASK, step: "seine Nummer" },
    options: { "--reason": "was Sie gefunden haben; es wird mit Ihrem Namen festgehalten" },
  },
  console: { about: "ein neuer, einmal gültiger Anmeldelink zur laufenden Konsole" },
  wrap: {
    about: "Holdfast vor die MCP-Server eines Clients setzen; ohne Client: die vorhandenen auflisten",
    arguments: { client: "wessen Server" },
    options: {
      ...WRAPPED,
      "--config": "die Konfiguration, mit der die Server laufen (Standard: die jetzt gefundene)",
      "--agent": "der Agent, der dieser Client ist",
    },
  },
  unwrap: {
    about: "Holdfast wieder entfernen; spätere Änderungen bleiben erhalten",
    arguments: { client: "wessen Server" },
    options: { ...WRAPPED, "--all": "bei jedem Client" },
  },
  scan: { about: "Schwächen in dem suchen, woraus ein Agent besteht" },
  "scan prompt": {
    about: "zeigen, was an einem System-Prompt nicht stimmt, Zeile für Zeile; oder einen gehärteten für den Anfang schreiben",
    arguments: { file: "der Prompt; nichts oder `-` liest die Standardeingabe" },
    options: { "--template": "stattdessen einen Prompt für diese fertige Rolle schreiben; auf Englisch, oder wie `--lang` sagt" },
  },
  sandbox: { about: "Code dort ausführen, wo er nichts erreicht, und prüfen, ob das hier stimmt" },
  "sandbox run": {
    about: "einen Befehl in einer Sandbox ausführen; sein Exit-Code, 124 nach Ablauf der Zeit, 137 ohne Speicher, 153 bei vollem Arbeitsordner",
    arguments: { command: "der Befehl, nach `--`" },
    options: {
      "--driver": "welche Sandbox",
      "--image": "wessen Programme es gibt (Standard: die dieses Rechners)",
      "--timeout": "wann er beendet wird (Standard: 30)",
      "--memory": "wie viel Speicher er hat (Standard: 512m)",
      "--pids": "wie viele Prozesse (Standard: 100)",
      "--cpus": "wie viel der Prozessoren (Standard: 1)",
      "--read": "was er außer den Programmen des Systems lesen darf; mehrfach möglich",
      "--write": "was er ändern darf; mehrfach möglich",
      "--work": "wie viel sein Arbeitsordner auf der Platte fasst (Standard: was im Speicher ist)",
      "--env": "seine Umgebung: geerbt wird nichts; mehrfach möglich",
      "--allow-host": "ein Host, den er über HTTP und TLS erreichen darf, durch einen Proxy, der entscheidet; mehrfach möglich",
      "--allow-address": "nicht öffentliche Adressen, die erlaubte Hosts haben dürfen; mehrfach möglich",
      "--config": ELSEWHERE,
    },
  },
  "sandbox doctor": {
    about: "aus jeder Sandbox auf rund siebzig Wegen auszubrechen versuchen und sagen, was sie auf diesem Rechner trennt",
    options: { "--config": ELSEWHERE, "--driver": "nur diese" },
  },
  "sandbox import": {
    about: "Einstellungen von @anthropic-ai/sandbox-runtime als Sandbox von Holdfast, und was aus jeder Zeile wurde",
    arguments: { file: "die Einstellungen; `-` liest die Standardeingabe" },
    options: {
      "--cwd": "von wo relative Pfade ausgehen (Standard: dieser Ordner)",
      "--accept-less": "auch dann schreiben, wenn Holdfast irgendwo weniger trennt; gesagt wird es",
    },
  },
  doctor: { about: "prüfen, ob hier alles da ist, was Holdfast braucht" },
  completion: { about: "Vervollständigungen für eine Shell", arguments: { shell: "für welche" } },
};
