import type { Sentences } from "./sentences.ts";

/** Agents that call one another: so many names in a row as a chain may have. */
const chains: Sentences = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => at + 1).flatMap((length) => {
    const path = Array.from({ length }, (_, at) => `{${at}}`).join(" > ");
    const [next, then] = [`{${length}}`, `{${length + 1}}`];
    return [
      [`on behalf of ${path}`, `Im Auftrag von ${path}`],
      [`on behalf of ${path}, calling ${next}`, `Im Auftrag von ${path}, Aufruf von ${next}`],
      [`${path}: agents may stand at most ${next} below the first one here`, `${path}: Unter dem ersten dürfen Agenten hier höchstens ${next} tief stehen`],
      [`${path}: ${next} stands in this chain already`, `${path}: ${next} steht schon in dieser Kette`],
      [
        `${path}: the limit of ${next} calls of agents from one place is reached`,
        `${path}: Die Grenze von ${next} Aufrufen von Agenten aus einer Stelle ist erreicht`,
      ],
      [
        `${path}: the limit of ${next} calls that come of what ${then} began is reached`,
        `${path}: Die Grenze von ${next} Aufrufen aus dem, was ${then} begann, ist erreicht`,
      ],
    ];
  }),
);

/** Reasons of decisions, and what the gateway says to people who answer, save and sign in. */
export const decisions: Sentences = {
  "the larger model gave no answer: it cannot be loaded; `holdfast check` says why":
    "Das größere Modell gab keine Antwort: Es lässt sich nicht laden; `holdfast check` sagt, warum",
  "the larger model gave no answer: it failed": "Das größere Modell gab keine Antwort: Es ist gescheitert",
  "the larger model gave no answer: its thread failed": "Das größere Modell gab keine Antwort: Sein Thread ist gescheitert",
  "the larger model gave no answer: its thread has ended": "Das größere Modell gab keine Antwort: Sein Thread ist beendet",
  "the larger model gave no answer: it has not answered for a long time": "Das größere Modell gab keine Antwort: Es hat lange nicht geantwortet",
  "the larger model gave no answer: too many questions wait": "Das größere Modell gab keine Antwort: Es warten zu viele Fragen",
  "the larger model gave no answer: it was closed": "Das größere Modell gab keine Antwort: Es wurde beendet",
  "the larger model gave no answer: its form is wrong": "Das größere Modell gab keine Antwort, die sich lesen lässt",
  "the larger model gave no answer: no answer within {0} ms": "Das größere Modell gab binnen {0} ms keine Antwort",
  "it is asked about {0} stretches of a request at most": "Es wird zu höchstens {0} Stellen einer Anfrage gefragt",
  ...chains,
  "nothing permits this action": "Nichts erlaubt diese Aktion",
  "the agent is not known to this configuration": "Diese Konfiguration kennt den Agenten nicht",
  "the name is missing or holds characters that names do not have": "Der Name fehlt oder enthält Zeichen, die in Namen nicht vorkommen",
  "the kind of action is unknown": "Diese Art von Aktion ist unbekannt",
  "the model is not among those of agent {0}": "Das Modell gehört nicht zu denen des Agenten {0}",
  "agent {0} may call models {1}": "Der Agent {0} darf die Modelle {1} aufrufen",
  "it would change {0} records, counted by {1}": "Es würde {0} Datensätze ändern, gezählt von {1}",
  "what it would change could not be counted by {0} and counts as the most there is":
    "Was es ändern würde, konnte {0} nicht zählen; es gilt als die größte Zahl, die es gibt",
  "nothing can be counted here": "Hier lässt sich nichts zählen",
  "an argument is not where the configuration says": "Ein Argument steht nicht, wo die Konfiguration es sucht",
  "its server could not be asked": "Sein Server ließ sich nicht fragen",
  "its definition does not know what makes it a dry run": "Seine Definition kennt nicht, was einen Probelauf daraus macht",
  "the dry run was not permitted": "Der Probelauf war nicht erlaubt",
  "the dry run failed": "Der Probelauf ist fehlgeschlagen",
  "no answer in time": "Es kam keine Antwort in der Zeit",
  "the answer holds no number there": "In der Antwort steht dort keine Zahl",
  "this is not what the configuration says to count by": "Die Konfiguration lässt nicht hiermit zählen",
  "counts what {0} would change, as the configuration says": "Zählt, was {0} ändern würde, wie die Konfiguration es vorsieht",
  "the list shows the models that the agent may call": "Die Liste zeigt die Modelle, die der Agent aufrufen darf",
  "the list shows the tools that the agent may call": "Die Liste zeigt die Werkzeuge, die der Agent aufrufen darf",
  "role {0} blocks {1}": "Die Rolle {0} sperrt {1}",
  "role {0} grants {1} to read": "Die Rolle {0} gewährt {1} zum Lesen",
  "role {0} grants {1} to write": "Die Rolle {0} gewährt {1} zum Schreiben",
  "the action counts as writing, and role {0} grants {1} only to read": "Die Aktion gilt als Schreiben, und die Rolle {0} gewährt {1} nur zum Lesen",
  "rule {0} permits this": "Die Regel {0} erlaubt dies",
  "rule {0} asks a person": "Die Regel {0} verlangt die Freigabe eines Menschen",
  "rule {0} denies this": "Die Regel {0} lehnt dies ab",
  "rule {0} would have permitted this": "Die Regel {0} hätte dies erlaubt",
  "rule {0} would have asked a person": "Die Regel {0} hätte die Freigabe eines Menschen verlangt",
  "rule {0} would have denied this": "Die Regel {0} hätte dies abgelehnt",
  "the key was not made for this model": "Der Schlüssel gilt nicht für dieses Modell",
  "the input layer did not answer in time or failed": "Die Eingabeschicht hat nicht rechtzeitig geantwortet oder ist ausgefallen",
  "the permission layer did not answer in time or failed": "Die Berechtigungsschicht hat nicht rechtzeitig geantwortet oder ist ausgefallen",
  "the audit layer did not answer in time or failed": "Das Protokoll hat nicht rechtzeitig geantwortet oder ist ausgefallen",
  "the request could not be recorded, so nothing was done": "Die Anfrage ließ sich nicht protokollieren, deshalb wurde nichts getan",
  "the request holds too many values that no provider may see": "Die Anfrage enthält zu viele Werte, die kein Anbieter sehen darf",
  "a value is nested deeper than {0}": "Ein Wert ist tiefer als {0} Ebenen verschachtelt",
  "the answer speaks of none of the topics that this agent is there for": "Die Antwort spricht von keinem der Themen, für die dieser Agent da ist",
  "what was found in the session so far adds up to an attempt to turn the model":
    "Was in der Sitzung bisher gefunden wurde, ergibt zusammen einen Versuch, das Modell umzudrehen",
  "the agent has a budget, and nothing keeps it here": "Der Agent hat ein Budget, und hier führt es niemand",
  "the agent has a budget in money, and no price is configured for this model":
    "Der Agent hat ein Budget in Geld, und für dieses Modell ist kein Preis konfiguriert",
  "the agent has a budget, and nobody can say what this may use at most: say `max_tokens`, and send no files and use no tools that the provider runs itself":
    "Der Agent hat ein Budget, und niemand kann sagen, was dies höchstens verbraucht: Nennen Sie `max_tokens`, senden Sie keine Dateien, und verwenden Sie keine Werkzeuge, die der Anbieter selbst ausführt",
  "the request ended before its budgets were known": "Die Anfrage endete, bevor ihre Budgets bekannt waren",
  "meanwhile only what reads goes on": "Einstweilen geht nur weiter, was liest",
  "something is not there": "Etwas ist nicht da",
  "the call has more values than can be looked at; make several calls of it":
    "Der Aufruf hat mehr Werte, als sich ansehen lassen; machen Sie mehrere Aufrufe daraus",
  "the call runs a command with which people let something through at Holdfast":
    "Der Aufruf führt einen Befehl aus, mit dem Menschen bei Holdfast etwas durchlassen",
  "the call names a file in which a client of agents keeps its servers and hooks, Holdfast among them":
    "Der Aufruf nennt eine Datei, in der ein Client von Agenten seine Server und Hooks führt, auch Holdfast",
  "the text was composed after something was read that not everybody may read whom it goes to":
    "Der Text entstand, nachdem etwas gelesen wurde, das nicht alle lesen dürfen, an die er geht",
  "more callers and tools are in use than repetitions can be counted for":
    "Es sind mehr Aufrufer und Werkzeuge in Gebrauch, als sich Wiederholungen zählen lassen",
  "the oversight layer did not answer in time or failed": "Die Freigabeschicht hat nicht rechtzeitig geantwortet oder ist ausgefallen",
  "nobody has answered {0} in time": "Niemand hat {0} rechtzeitig beantwortet",
  "another approver has changed this: say which you have looked at, by its digest ({0} names it)":
    "Jemand anderes hat dies geändert: Sagen Sie, was Sie sich angesehen haben, und zwar mit dem Digest ({0} nennt ihn)",
  "a person would have to approve this, and nobody can be asked here": "Ein Mensch müsste dies freigeben, und hier lässt sich niemand fragen",
  "the call was handed to the agent": "Der Aufruf wurde an den Agenten weitergegeben",
  "the action changes something or leaves the house, and untrusted content is in play":
    "Die Aktion verändert etwas oder verlässt das Haus, und nicht vertrauenswürdige Inhalte sind im Spiel",
  "the server describes this tool differently from when it was first seen; nobody has accepted the change":
    "Der Server beschreibt dieses Werkzeug anders als bei der ersten Begegnung; niemand hat die Änderung angenommen",
  "the description of this tool looks like an attack; nobody has accepted it":
    "Die Beschreibung dieses Werkzeugs sieht nach einem Angriff aus; niemand hat sie angenommen",
  "the name of this tool can be taken for that of another one; nobody has accepted it":
    "Der Name dieses Werkzeugs lässt sich mit dem eines anderen verwechseln; niemand hat ihn angenommen",
  "the session has read untrusted content and sensitive data, and now changes something or sends something out":
    "Die Sitzung hat nicht vertrauenswürdige Inhalte und sensible Daten gelesen und will nun etwas verändern oder nach außen geben",
  "an operator has paused an agent on whose behalf this would be done": "Ein Agent, in dessen Auftrag dies geschähe, wurde angehalten",
  "the chain that was shown was not given to this agent, or is over, so it may call no other agent":
    "Die vorgezeigte Kette wurde diesem Agenten nicht gegeben oder ist vorbei; er darf daher keinen anderen Agenten aufrufen",
  "more calls of agents are under way than can be told apart": "Es laufen mehr Aufrufe von Agenten, als sich auseinanderhalten lassen",
  "the store cannot be written, so nothing could be kept of what this leads to":
    "Der Speicher nimmt nichts an; von dem, was daraus folgt, ließe sich nichts festhalten",
  "the recorded answer that would stand in is gone, or may not be given any more":
    "Die aufgezeichnete Antwort gibt es nicht mehr, oder sie darf nicht mehr gegeben werden",
  "there are more sessions than can be remembered": "Es gibt mehr Sitzungen, als sich merken lassen",
  "there are more sessions than can be remembered, and rules depend on what was done before":
    "Es gibt mehr Sitzungen, als sich merken lassen, und Regeln hängen davon ab, was vorher geschah",
  "the call names files of Holdfast itself: its configuration, keys or log":
    "Der Aufruf nennt Dateien von Holdfast selbst: Konfiguration, Schlüssel oder Protokoll",
  "the call names an address of Holdfast itself": "Der Aufruf nennt eine Adresse von Holdfast selbst",
  "agent {0} may reach {1}": "Der Agent {0} darf {1} erreichen",
  "this host, port or method is not in the agent's list of hosts": "Dieser Host, Port oder diese Methode steht nicht in der Liste des Agenten",
  "the name leads to no address": "Der Name führt zu keiner Adresse",
  "the name leads to an address that is not public: {0}": "Der Name führt zu einer Adresse, die nicht öffentlich ist: {0}",
  "the agent is supervised: a person sees everything first that it would change":
    "Der Agent ist beaufsichtigt: Ein Mensch sieht zuerst alles, was er ändern würde",
  "the agent is spot-checked, and this call was picked for a person to see":
    "Der Agent wird stichprobenweise geprüft, und dieser Aufruf wurde für einen Menschen ausgewählt",
  "the agent is in its shadow phase: what it would change is recorded and not done":
    "Der Agent ist in seiner Schattenphase: Was er ändern würde, wird festgehalten und nicht getan",
  "a handle stands where it would decide whom or what the action reaches: what it holds was read by nobody":
    "Ein Platzhalter steht dort, wo er bestimmen würde, wen oder was die Aktion erreicht; seinen Inhalt hat niemand gelesen",
  "the call has more arguments than can be looked at": "Der Aufruf hat mehr Argumente, als sich prüfen lassen",
  "a value holds characters that make it look like another one": "Ein Wert enthält Zeichen, die ihn wie einen anderen aussehen lassen",
  "the request does not ask for an action of this kind": "Der Auftrag verlangt keine Aktion dieser Art",
  "the call is to a tool that the caller did not declare": "Der Aufruf gilt einem Werkzeug, das der Aufrufer nicht angekündigt hat",
  "the call changes something or leaves the house, and the caller declared that it only reads":
    "Der Aufruf ändert etwas oder geht nach außen, und der Aufrufer hat angekündigt, nur zu lesen",
  "the caller declared whom it reaches, and the call does not say whom": "Der Aufrufer hat angekündigt, wen er erreicht, und der Aufruf sagt nicht, wen",
  "a value leads to somebody or something that the caller did not declare": "Ein Wert führt zu jemandem oder etwas, das der Aufrufer nicht angekündigt hat",
  "the request asks for fewer actions of this kind than were made": "Der Auftrag verlangt weniger Aktionen dieser Art, als ausgeführt wurden",
  "the address comes from untrusted content, and the request does not point there":
    "Die Adresse stammt aus nicht vertrauenswürdigen Inhalten, und der Auftrag verweist nicht dorthin",
  "the request names whom it is for, and the call goes to somebody else": "Der Auftrag nennt den Empfänger, und der Aufruf geht an einen anderen",
  "the target stands nowhere in the request": "Das Ziel steht nirgends im Auftrag",
  "the target comes from untrusted content, and the request does not name it":
    "Das Ziel stammt aus nicht vertrauenswürdigen Inhalten, und der Auftrag nennt es nicht",
  "the path is one that decides what runs or who may log in": "Der Pfad entscheidet darüber, was ausgeführt wird oder wer sich anmelden darf",
  "what is acted upon comes from untrusted content or was made up, and the request does not name it":
    "Worauf die Aktion wirkt, stammt aus nicht vertrauenswürdigen Inhalten oder wurde erfunden, und der Auftrag nennt es nicht",
  "a credential was made up": "Zugangsdaten wurden erfunden",
  "a credential that the user did not give is set or sent": "Zugangsdaten, die nicht vom Benutzer stammen, werden gesetzt oder versandt",
  "a command was composed while untrusted content was in play": "Ein Befehl entstand, während nicht vertrauenswürdige Inhalte im Spiel waren",
  "a command comes from untrusted content": "Ein Befehl stammt aus nicht vertrauenswürdigen Inhalten",
  "the request leaves the amount to be worked out, and untrusted content states this one":
    "Der Auftrag lässt den Betrag ausrechnen, und nicht vertrauenswürdiger Inhalt nennt genau diesen",
  "a model that read only the request says that it does not ask for an action of this kind":
    "Ein Modell, das nur den Auftrag gelesen hat, sagt: Er verlangt keine Aktion dieser Art",
  "a model that read only the request says that it names every target, and this is none of them":
    "Ein Modell, das nur den Auftrag gelesen hat, sagt: Er nennt jedes Ziel, und dieses ist nicht darunter",
  "a model that read only the request says that it points to no source, and this value comes from one":
    "Ein Modell, das nur den Auftrag gelesen hat, sagt: Er verweist auf keine Quelle, und dieser Wert stammt aus einer",
  "a value that was {0} counts as {1}: the configuration bounds what it can say":
    "Ein Wert, der {0} war, gilt als {1}: Die Konfiguration begrenzt, was er sagen kann",
  "the model that reads requests takes nothing away from this": "Das Modell, das Aufträge liest, nimmt hiervon nichts weg",
  "the model that reads requests was not asked": "Das Modell, das Aufträge liest, wurde nicht gefragt",
  "the model that reads requests has no calls left": "Das Modell, das Aufträge liest, darf gerade nicht mehr gefragt werden",
  "the model that reads requests did not answer in time": "Das Modell, das Aufträge liest, hat nicht rechtzeitig geantwortet",
  "the model that reads requests could not be asked": "Das Modell, das Aufträge liest, konnte nicht gefragt werden",
  "the model that reads requests did not answer as it was asked to": "Das Modell, das Aufträge liest, hat nicht in der verlangten Form geantwortet",
  "the model that reads requests is not given requests as long as this": "So lange Aufträge bekommt das Modell, das Aufträge liest, nicht zu sehen",
  "the amount comes from untrusted text that the request does not name":
    "Der Betrag stammt aus nicht vertrauenswürdigem Text, auf den der Auftrag nicht verweist",
  "the request states an amount, and the call has another one": "Der Auftrag nennt einen Betrag, und der Aufruf enthält einen anderen",
  "more than one is ordered, and the request does not say so": "Es wird mehr als ein Stück bestellt, ohne dass der Auftrag das sagt",
  "the text holds an address or account that only untrusted content names":
    "Der Text enthält eine Adresse oder ein Konto, das nur in nicht vertrauenswürdigen Inhalten vorkommt",
  "the text holds more addresses than can be looked at": "Der Text enthält mehr Adressen, als sich prüfen lassen",
  "untrusted content dictates what is made": "Nicht vertrauenswürdige Inhalte geben wörtlich vor, was angelegt wird",
  "the argument may be filled by nobody but Holdfast itself": "Das Argument darf nur Holdfast selbst füllen",
  "the argument needs a value that the operator wrote": "Das Argument braucht einen Wert, den der Betreiber geschrieben hat",
  "the argument needs a value that the user wrote": "Das Argument braucht einen Wert, den der Benutzer geschrieben hat",
  "the argument needs a value from inside the house": "Das Argument braucht einen Wert aus dem eigenen Haus",
  "the argument needs a value from what the user pointed at": "Das Argument braucht einen Wert aus dem, worauf der Benutzer verwiesen hat",
  "the argument takes any value": "Das Argument nimmt jeden Wert",
  "a code agent may write only to branches whose name begins with feature/": "Ein Code-Agent darf nur in Branches schreiben, deren Name mit feature/ beginnt",
  "only {0} may answer this": "Das darf nur {0} beantworten",
  "only {0} or {1} may answer this": "Das dürfen nur {0} oder {1} beantworten",
  "it was asked for in your name, so another person has to answer": "Es wurde in Ihrem Namen angefragt, deshalb muss eine andere Person antworten",
  "you have approved this already; another person has to": "Sie haben das bereits freigegeben; nun muss es eine andere Person tun",
  "{0} is used": "{0} wurde schon verwendet",
  "{0} is done": "{0} wurde schon ausgeführt",
  "{0} is approved": "{0} ist schon freigegeben",
  "{0} is rejected": "{0} ist schon zurückgewiesen",
  "{0} is expired": "{0} ist abgelaufen",
  "{0} is void": "{0} ist hinfällig",
  "a person rejected this ({0})": "Ein Mensch hat dies zurückgewiesen ({0})",
  "approved by {0} ({1})": "Freigegeben von {0} ({1})",
  "approved by {0} in the chat ({1})": "Im Chat freigegeben von {0} ({1})",
  "it cannot be answered any more": "Das lässt sich nicht mehr beantworten",
  "what an approver made of this raises a question that the approver did not see":
    "Was bei der Freigabe daraus gemacht wurde, wirft eine Frage auf, die dabei nicht zu sehen war",
  "a person would have to approve this, and it is too long to be shown": "Ein Mensch müsste dies freigeben, und es ist zu lang, um gezeigt zu werden",
  "a person would have to approve this, and too many questions wait already": "Ein Mensch müsste dies freigeben, und es warten schon zu viele Fragen",
  "the arguments are too long": "Die Argumente sind zu lang",
  "no passkey was shown": "Es wurde kein Passkey vorgezeigt",
  "this device has a passkey for you already": "Dieses Gerät hat schon einen Passkey für Sie",
  "this takes a passkey ({0}), and you have none: add one under Settings in the console":
    "Dafür braucht es einen Passkey ({0}), und Sie haben keinen: Fügen Sie in der Konsole unter Einstellungen einen hinzu",
  "your passkey has to sign this, and has not: open the console at {0} or over https (programs: {1})":
    "Das muss Ihr Passkey unterschreiben, und er hat es nicht getan: Öffnen Sie die Konsole unter {0} oder mit https (Programme: {1})",
  "your passkeys belong to {0}: open the console there": "Ihre Passkeys gehören zu {0}: Öffnen Sie die Konsole dort",
  "passkeys need a name: open the console at {0}, or over https under a name of {1}":
    "Passkeys brauchen einen Namen: Öffnen Sie die Konsole unter {0} oder mit https unter einem Namen aus {1}",
  "your login is more than ten minutes old: log in anew, and do this then":
    "Ihre Anmeldung ist älter als zehn Minuten: Melden Sie sich neu an, und tun Sie es dann",
  "this challenge was not given, or has been used: ask for another one":
    "Diese Anfrage an den Passkey gab es nicht, oder sie ist verbraucht: Versuchen Sie es noch einmal",
  "this challenge is more than a minute old: ask for another one": "Die Anfrage an den Passkey ist älter als eine Minute: Versuchen Sie es noch einmal",
  "the passkey has signed another request than this one: ask for another challenge":
    "Der Passkey hat etwas anderes unterschrieben: Versuchen Sie es noch einmal",
  "this is no passkey of yours": "Das ist kein Passkey von Ihnen",
  "this passkey belongs to another host": "Dieser Passkey gehört zu einem anderen Host",
  "this passkey has signed less often than before: it may be a copy. Remove it, and add another":
    "Dieser Passkey hat seltener unterschrieben als früher: Er ist womöglich kopiert. Entfernen Sie ihn, und fügen Sie einen anderen hinzu",
  "what the passkey signed is not what it was asked for": "Der Passkey hat nicht unterschrieben, wonach gefragt war",
  "this was not asked for here, or more than a minute ago: add the passkey again":
    "Danach wurde hier nicht gefragt, oder es ist länger als eine Minute her: Fügen Sie den Passkey noch einmal hinzu",
  "you have a passkey by now, and it has to sign another one: try again":
    "Sie haben inzwischen einen Passkey, und der muss einen weiteren unterschreiben: Versuchen Sie es noch einmal",
  "this passkey is registered already": "Dieser Passkey ist schon eingetragen",
  "the message was not taken there": "Die Nachricht wurde dort nicht angenommen",
  "no answer": "Das Gateway antwortet nicht",
  "a value of the request is nested too deep": "Ein Wert der Anfrage ist zu tief verschachtelt",
  "the request holds more than {0} characters of text": "Die Anfrage enthält mehr als {0} Zeichen Text",
};
