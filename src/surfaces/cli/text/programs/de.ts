import { count, when } from "../count.ts";
import type * as english from "./en.ts";

export const run: typeof english.run = {
  unconfigured:
    "holdfast: Keine Konfiguration gefunden; Geheimnisse werden maskiert, Werkzeuge festgehalten und alles protokolliert, und was der Informationsfluss aufhielte, wird nur vermerkt (`holdfast init` schreibt eine Konfiguration)",
  command: (command) => `Stimmt der Befehl? ${command}`,
  noName: (text) => `\`${text}\` taugt nicht als Name eines Servers`,
  giveName: "Geben Sie ihm einen Namen: --server files",
};

export const wrap: typeof english.wrap = {
  which: "Welcher Client?",
  oneOf: (clients) => `einer von ${clients.join(", ")}`,
  unnamed: "Es wurde keine Konfiguration gefunden, deshalb ist keine genannt; --config nennt eine, die immer gilt",
  clientOrAll: "Nennen Sie einen Client, oder geben Sie --all an",
  ownFile: "--file ist die Datei eines Clients: Nennen Sie ihn",
  syntax: "Kommentare und Kommas am Ende sind erlaubt; Schlüssel und Texte brauchen doppelte Anführungszeichen",
  nothingChanged: "Es wurde nichts geändert",
  noServer: (server, files) => `Den Server \`${server}\` gibt es nicht in ${files.join(", ")}`,
  backup: (path) => `Wie es vor Holdfast war: ${path}`,
  dryRun: "Es wurde nichts geschrieben (--dry-run)",
  nothing: "Es gibt nichts zu ändern",
  changed: (servers, clients) => `${count(servers, "Server", "Server")} geändert; wirksam nach einem Neustart von ${clients.join(", ")}`,
  open: (path) => `${path} kann jeder auf diesem Rechner ändern: chmod o-w behebt das`,
  project: (path) => `${path} gehört zum Projekt: Bei allen, die es teilen, muss Holdfast am selben Ort liegen`,
  http: (name, server, listen) =>
    `${name}: Tragen Sie in holdfast.yaml unter \`tools:\` \`${server}: { http: { url: … } }\` ein, und nehmen Sie hier http://${listen}/mcp/${server}`,
  launcher: (name) => `${name}: Falls das ein älteres Holdfast ist, nehmen Sie zuerst das mit unwrap heraus`,
  otherwise: (name) => `${name}: Damit es so gestartet wird, wie Sie sagen, nehmen Sie es zuerst mit unwrap heraus`,
  notThere: (client) => `Von ${client} wurde keine Datei gefunden`,
  lookedFor: (places) => `gesucht: ${places.join(", ")}; --file nennt eine andere`,
  behind: (servers, wrapped) => `${count(servers, "Server", "Server")}, davon ${wrapped} hinter Holdfast`,
  faultAt: ({ line, column }, fault) => `Zeile ${line}, Spalte ${column}: ${fault}`,
  noClients: (clients) => `Hier wurde kein Client gefunden; möglich sind: ${clients.join(", ")}`,
  files: (number) => count(number, "Datei", "Dateien"),
  noFile: (path) => `Die Datei \`${path}\` gibt es nicht`,
  noClient: (client) => `Den Client \`${client}\` gibt es nicht`,
  states: { wrapped: "davor", unwrapped: "entfernt", unchanged: "wie zuvor", left: "belassen" },
  overHttp: ": wird über HTTP erreicht",
  because: (why) => `: ${why}`,
  called: (server) => `, genannt ${server}`,
};

const facts = ({ effect, egress }: { effect: "read" | "write"; egress: boolean }): string =>
  `${egress ? "nach außen" : "im Haus"} ${effect === "read" ? "lesen" : "schreiben"}`;

export const tools: typeof english.tools = {
  noneHeld: "Nichts wird zurückgehalten",
  noneSeen: "Noch wurde kein Werkzeug gesehen; festgehalten werden sie, wenn ein MCP-Client sie zum ersten Mal auflistet",
  summary: (tools, held, first) =>
    `${count(tools, "Werkzeug", "Werkzeuge")}, ${held} zurückgehalten${when(first, (tool) => `; eines davon ansehen: holdfast tools show ${tool}`)}`,
  is: (tool, state, since, digest) => `${tool}: ${state}, seit ${since}, ${digest}`,
  held: (since, why, detail) => `Zurückgehalten seit ${since} (${why}${when(detail, (text) => `: ${text}`)})`,
  whole: "(alles)",
  guessed: (before, after) =>
    `Nach seiner Beschreibung sollte es bisher ${facts(before)}, jetzt soll es ${facts(after)}; was die Konfiguration dazu sagt, gälte weiter: siehe \`holdfast check\``,
  accept: (tool, digest) => `Falls das so gemeint ist: holdfast tools accept ${tool} --digest ${digest}`,
  notHeld: (tool) => `\`${tool}\` wird nicht zurückgehalten`,
  listHeld: "`holdfast tools list` zeigt, was zurückgehalten wird",
  sayWhat: "Es fehlt, was Sie sich angesehen haben",
  lookFirst: (tool, digest) => `holdfast tools show ${tool}, und danach: holdfast tools accept ${tool} --digest ${digest}`,
  other: "Das gilt nicht mehr: Der Server sagt inzwischen wieder etwas anderes",
  accepted: "Angenommen: Das Werkzeug ist wieder da, wenn ein Client die Werkzeuge das nächste Mal auflistet",
  why: {
    changed: "wird anders beschrieben als zuvor",
    suspect: "die Beschreibung sieht nach einem Angriff aus",
    "look-alike": "der Name lässt sich mit dem eines anderen Werkzeugs verwechseln",
  },
  unseen: (tool) => `Ein Werkzeug \`${tool}\` wurde nicht gesehen`,
  listSeen: "`holdfast tools list` zeigt, welche gesehen wurden",
};

export const sandbox: typeof english.sandbox = {
  tooLittle: (text) => `\`--work ${text}\` ist zu wenig`,
  least: "mindestens 1m",
  ended: {
    late: (seconds) => `nach ${seconds.toLocaleString("de")} s beendet`,
    memory: () => "beendet: Der Speicher war aufgebraucht",
    work: () => "beendet: Im Arbeitsordner lag mehr, als hineindarf",
  },
  none: (driver) => `Die Sandbox \`${driver}\` gibt es nicht`,
  there: (drivers) => `vorhanden: ${drivers.join(", ")}`,
  notHere: "nicht hier",
  keeps: (what) => `trennt: ${what.join(", ") || "nichts"}`,
  attempts: (held, all) => `${held} von ${all} Versuchen abgewehrt`,
  broken: (driver, what) => `${driver} trennt ${what} auf diesem Rechner nicht: Verlassen Sie sich nicht darauf`,
  notTried: "nicht probiert: zwei Sandboxen zugleich, von denen eine nach der anderen greift",
  workFolders: "Arbeitsordner",
  quotaHeld: "ein eigenes Dateisystem begrenzt ihre Größe",
  quotaWatched: (because) => `werden nur beobachtet: ${because}`,
  held: "abgewehrt",
  gotOut: "AUSGEBROCHEN",
  notMade: "OHNE ERGEBNIS: Die Sandbox startete nicht oder war vorher zu Ende",
  outside: {
    escaped: () => "gelingt draußen",
    shared: () => "gelingt draußen, wie für die Sandbox davor versucht",
    held: () => "misslingt auch draußen: beweist hier nichts",
    "not run": (because) => `draußen nicht versucht: ${because}`,
  },
  noNumber: (flag, text) => `\`${flag} ${text}\` ist keine Zahl größer als null`,
  noSize: (flag, text) => `\`${flag} ${text}\` ist keine Größe`,
  sizeLike: "So ist es richtig: 512m oder 2g",
  noVariable: (text) => `\`--env ${text}\` ist nicht NAME=WERT`,
};

export const sandboxImport: typeof english.sandboxImport = {
  missing: (file) => `\`${file}\` gibt es nicht`,
  noSettings: (file, why) => `In \`${file}\` stehen keine solchen Einstellungen: ${why}`,
  fates: { kept: "gleich", tighter: "strenger", idle: "ohne Wirkung", less: "weniger", refused: "abgelehnt" },
  cannot: "Was abgelehnt ist, lässt sich nicht einhalten",
  takeAway: "Entfernen Sie diese Zeilen, wo Sie ohne sie auskommen; es wurde nichts geschrieben",
  less: "Holdfast würde weniger trennen",
  acceptLess: "Mit `--accept-less` wird es trotzdem geschrieben",
  tooLong: "Das ist zu lang für Einstellungen",
};

export const completion: typeof english.completion = {
  help: "zeigt den Aufruf",
  install: {
    bash: "So wird es verwendet: holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast",
    zsh: "So wird es verwendet: holdfast completion zsh > ~/.zfunc/_holdfast (ein Ordner aus fpath)",
    fish: "So wird es verwendet: holdfast completion fish > ~/.config/fish/completions/holdfast.fish",
  },
};
