import { count, when } from "../count.ts";
import type * as english from "./en.ts";

/** Die Zustände heißen wie an der Konsole. Einer, der hier fehlt, steht da wie in der API. */
const named = (states: { readonly [state: string]: string }, state: string): string => (Object.hasOwn(states, state) ? (states[state] ?? state) : state);

const QUESTION = {
  pending: "wartet",
  approved: "freigegeben",
  rejected: "zurückgewiesen",
  expired: "abgelaufen",
  void: "hinfällig",
  used: "wird ausgeführt",
  done: "ausgeführt",
  unknown: "unbekannt",
};
const ANSWER = { approve: "freigegeben", edit: "geändert und freigegeben", reject: "zurückgewiesen", ask: "nachgefragt" };

export const approvals: typeof english.approvals = {
  nothing: "Nichts wartet",
  waiting: (number, id) =>
    `${count(number, "Frage wartet", "Fragen warten")}; ${number === 1 ? "ansehen" : "eine davon ansehen"}: holdfast approvals show ${id}`,
  answer: (id, seen) => `holdfast approvals approve ${id}${when(seen, (digest) => ` --seen ${digest}`)} · edit ${id} --args JSON · reject ${id} --reason TEXT`,
  is: (id, state) => `${id}: ${named(QUESTION, state)}`,
  names: {
    agent: "Agent",
    action: "Aktion",
    tool: "Werkzeug",
    argument: "Argument",
    was: "  vorher",
    from: "  aus",
    leftOut: "entfernt",
    content: "Inhalt",
    records: "Umfang",
    why: "Grund",
    needs: "braucht",
    asked: "gefragt",
    until: "bis",
    planted: "Probe",
    answer: "Antwort",
    says: "Agent sagt",
    askedBack: "Nachfrage",
    file: "Datei",
    used: "Ablauf",
  },
  actsFor: (agent, user) => `${agent}, für ${user}`,
  needs: (people, approvers) => `${count(people, "Freigabe", "Freigaben")}${approvers.length === 0 ? "" : ` von ${approvers.join(" oder ")}`}`,
  answered: (action, by, at, reason, chat) =>
    `${named(ANSWER, action)} von ${by}${when(chat, (name) => ` im Chat (${name})`)}, ${at}${when(reason, (text) => `: ${text}`)}`,
  counted: (records, by, at) => `würde ${count(records, "Datensatz", "Datensätze")} ändern, gezählt von ${by}, ${at}`,
  uncounted: (why, by, at) => `ließ sich nicht zählen (${why}) und gilt deshalb als die größte Menge; ${by}, ${at}`,
  changed: (id) => `Jemand anderes hat \`${id}\` geändert: Sehen Sie es an und geben Sie es einzeln mit \`--seen\` frei`,
  file: (path, is) => `${path} ist ${is}`,
  nowhere: "nichts, was gelesen wurde",
  asked: "Vermerkt: Ein Agent, der nach seinem Ticket sieht, bekommt es zu lesen; beantwortet ist damit nichts",
  control: {
    caught: "Das war eine Probe, ob Menschen hinsehen: Kein Agent hatte danach gefragt. Sie haben es bemerkt",
    missed: "Das war eine Probe, ob Menschen hinsehen: Kein Agent hatte danach gefragt, und es folgt nichts daraus. Freigeben durfte man es nicht",
    changed: "Das war eine Probe, ob Menschen hinsehen: Kein Agent hatte danach gefragt, und es folgt nichts daraus",
  },
  said: {
    approved: "Freigegeben: Wenn der Agent dasselbe noch einmal anfragt, wird es ausgeführt, ein einziges Mal",
    rejected: "Zurückgewiesen: Der Agent erfährt es",
    pending: "Vermerkt; es müssen noch weitere Personen freigeben",
  },
  itIs: (state) => `Stand: ${named(QUESTION, state)}`,
  notAnswered: "nicht beantwortet",
  oneByOne: "Fragen unter `holdfast run` werden einzeln beantwortet",
  typed: {
    terminal: "Fragen unter `holdfast run` gibt man an einem Terminal frei, indem man ihren Namen eingibt",
    reject: "Zum Zurückweisen braucht es keines: holdfast approvals reject",
    prompt: (ticket) => `Um genau dies freizugeben, geben Sie ${ticket} ein: `,
    other: "Das ist nicht der Name der Frage, deshalb wurde nichts freigegeben",
  },
  looks: {
    approved: (approved, answers) => `${approved} von ${answers} freigegeben`,
    seconds: (seconds) => `${seconds.toLocaleString("de")} s`,
    caught: (caught, missed) => `${caught} bemerkt, ${missed} übersehen`,
    well: "Niemand scheint freizugeben, ohne hinzusehen",
    badly: (people) =>
      `${people.join(", ")}: ${people.length === 1 ? "gibt" : "geben"} offenbar frei, ohne hinzusehen; diese Antworten sprechen für keine freiere Phase`,
  },
  rule: {
    add: "Lesen Sie sie, und fügen Sie sie dann in die Konfiguration ein",
    replace: (rules) => `Lesen Sie sie, und setzen Sie sie dann an die Stelle von ${rules.map((rule) => `\`${rule}\``).join(", ")}`,
    fails: (because) => `Ihr Test gelingt mit ihr allein nicht: ${because}`,
  },
  receipt: {
    none: "Das ist kein Beleg",
    from: "Einen Beleg schreibt: holdfast approvals show HF-1 --json > receipt.json",
    broken: "Der Beleg stimmt nicht: Dieser Schlüssel hat ihn nicht signiert, oder er wurde seither verändert",
    verified: "geprüft, stimmt",
  },
  args: (fault) => `\`--args\` ist kein JSON-Objekt${when(fault, (text) => `: ${text}`)}`,
  argsLike: `Geben Sie alle Argumente an: --args '{"to":"boss@example.com"}'`,
};

export const agents: typeof english.agents = {
  is: (agent, phase) => `${agent}: Phase ${phase}`,
  names: {
    since: "seit",
    paused: "angehalten",
    role: "Rolle",
    read: "Lesen",
    write: "Ändern",
    deny: "gesperrt",
    met: "erreicht",
    unmet: "noch nicht",
    incident: "Vorfall",
    with: "mit",
  },
  always: "jeher: Niemand hat ihm eine Phase gegeben, und kein Vorfall ändert sie",
  tool: (tool, phase, since, proposed) => `${tool}: ${phase}, seit ${since}${when(proposed, (next) => `; vorgeschlagen ist ${next}`)}`,
  proposed: (phase, agent) => `Vorgeschlagen ist ${phase}: holdfast agents promote ${agent} --reason "Grund"`,
  forced: "gegen die Zahlen",
  moves: (number, agent, phase) => `${count(number, "Umstufung", "Umstufungen")}; ${agent}: Phase ${phase}`,
  with: (agent, tool) => `${agent} mit ${tool}`,
  moved: (name, phase) => `${name}: ab jetzt Phase ${phase}`,
  percent: (share) => `${(Math.round(share * 1000) / 10).toLocaleString("de")} %`,
  criteria: {
    stay: (value, wanted) => `${value} von ${wanted} Tagen in dieser Phase`,
    quiet: (value, wanted) => `${value} von ${wanted} Tagen ohne Vorfall`,
    calls: (value, wanted) => `${value} von ${wanted} Änderungen`,
    errors: (value, wanted) => `davon fehlgeschlagen: ${value}, höchstens ${wanted}`,
    decisions: (value, wanted) => `${value} von ${wanted} Antworten von Menschen`,
    agreement: (value, wanted) => `davon unverändert freigegeben: ${value}, mindestens ${wanted}`,
    other: (id, value, wanted) => `${id}: ${value}, nötig ${wanted}`,
  },
  which: "Nennen Sie einen Agenten, oder geben Sie `--all` an",
  unsaid: "Der Server hat nicht gesagt, welche Agenten es gibt",
  works: "arbeitet",
  paused: "angehalten",
  next: (agents) => `Die nächste Phase ist vorgeschlagen für ${agents.join(", ")}: holdfast agents show ${agents[0] ?? ""}`,
  summary: (number, held, all) =>
    `${count(number, "Agent", "Agenten")}, ${held} angehalten${all ? " (alle sind es; holdfast agents resume --all setzt sie fort)" : ""}`,
  spent: (used, limit, unit, window) => `${used} von ${limit} ${unit} pro ${window}`,
  windows: { minute: "Minute", hour: "Stunde", day: "Tag", week: "Woche", month: "Monat" },
  reserved: (amount) => `${amount} reserviert`,
  frees: (at) => `ein erster Teil wird frei um ${at}`,
};

const INCIDENT = { open: "offen", contained: "eingedämmt", closed: "abgeschlossen" };

export const incidents: typeof english.incidents = {
  summary: (number, open, late) =>
    `${count(number, "Vorfall", "Vorfälle")}; ${open} offen${late.length === 0 ? "" : `; eine Meldung ist überfällig: ${late.join(", ")}`}`,
  is: (id, state, title) => `${id}, ${named(INCIDENT, state)}: ${title}`,
  names: { agent: "Agent", person: "Person", seen: "gesehen", clock: "Frist", decision: "Entscheidung" },
  seen: (times, first, last) => `${times}-mal, ${first} bis ${last}`,
  clock: (regime, aware) => `${regime}, seit ${aware}`,
  due: (report, due) => `${report}: fällig ${due}`,
  made: (report, made, by) => `${report}: abgegeben ${made} von ${by}`,
};

const TASK = { open: "nicht zurückgenommen", running: "wird zurückgenommen", over: "zurückgenommen" };

export const rollback: typeof english.rollback = {
  summary: (tasks, left) =>
    `${count(tasks, "Aufgabe", "Aufgaben")}; ${left.length === 0 ? "keine Rückabwicklung hat etwas übrig gelassen" : `sehen Sie sich an: ${left.join(", ")}`}`,
  rolledBack: (tasks, whole) => `${count(tasks, "offene Aufgabe", "offene Aufgaben")} zurückgenommen${whole ? "" : "; nicht alles ließ sich zurücknehmen"}`,
  wouldUndo: (steps, id) =>
    `${count(steps, "Schritt", "Schritte")} von ${id} würde${steps === 1 ? "" : "n"} in dieser Reihenfolge zurückgenommen; getan wurde nichts`,
  is: (id, state) => `${id}: ${named(TASK, state)}`,
  names: { agent: "Agent", rollback: "Rücknahme" },
  session: (agent, session) => `${agent}, Sitzung ${session}`,
  by: (by, began, reason) => `von ${by}, ${began}: ${reason}`,
  left: (steps, id, first) => `Nicht zurückgenommen: ${steps.join(", ")}; wenn Sie nachgesehen haben: holdfast rollback settle ${id} ${first} --reason "Grund"`,
  looked: (note, by, reason) => `${note} (angesehen von ${by}: ${reason})`,
  unsaid: "Der Server hat nicht gesagt, was die Aufgabe getan hat",
};
