import type { Sentences } from "./sentences.ts";

/** What became of imported settings of another sandbox: what `holdfast sandbox import` says. */
export const imported: Sentences = {
  "it is no JSON": "Das ist kein JSON",
  "it is no object": "Das ist kein Objekt",
  "it is no list of texts": "Das ist keine Liste von Texten",
  "it is no list of objects": "Das ist keine Liste von Objekten",
  "it is neither true nor false": "Das ist weder wahr noch falsch",
  "it has no {0}": "Es hat kein {0}",
  "its {0} is not known": "Sein {0} ist nicht bekannt",
  "it is not known, so nobody can say what it keeps apart": "Das ist nicht bekannt; also kann niemand sagen, was es trennt",

  "{0} is no host": "{0} ist kein Host",
  "{0} is too wide": "{0} ist zu weit",
  "{0} is no range": "{0} ist kein Bereich",
  "not taken over: loopback in a sandbox is its own; write the port and {0} if you mean the machine's":
    "Nicht übernommen: Loopback ist in einer Sandbox ihr eigenes; ist das des Rechners gemeint, schreiben Sie den Port und {0}",
  "not taken over: nothing opens this address": "Nicht übernommen: Diese Adresse öffnet nichts",
  "ports 80 and 443; it meant every one": "Die Ports 80 und 443; gemeint waren alle",
  "this address and port": "Diese Adresse und dieser Port",
  "ports 80 and 443, it meant every one; a name that leads to private addresses needs them under {0}":
    "Die Ports 80 und 443, gemeint waren alle; führt ein Name zu privaten Adressen, gehören sie unter {0}",
  "a name that leads to private addresses needs them under {0}": "Führt ein Name zu privaten Adressen, gehören sie unter {0}",
  "a name that is allowed may lead to this address, and a list of hosts cannot say that it must not; write a rule with {0}":
    "Ein erlaubter Name kann zu dieser Adresse führen, und eine Liste von Hosts kann das nicht verbieten; schreiben Sie eine Regel mit {0}",
  "a name that is allowed may lead there, and a list of hosts cannot say that it must not; write a rule with {0}":
    "Ein erlaubter Name kann dorthin führen, und eine Liste von Hosts kann das nicht verbieten; schreiben Sie eine Regel mit {0}",
  "{0} is allowed and this lies in it; a list of hosts cannot leave it out; write a rule with {1}":
    "{0} ist erlaubt, und dies liegt darin; eine Liste von Hosts kann es nicht auslassen; schreiben Sie eine Regel mit {1}",
  "nothing that is allowed leads there": "Nichts Erlaubtes führt dorthin",
  "no name leads there": "Kein Name führt dorthin",

  "a pattern of paths has no form here; name the folder": "Für ein Muster von Pfaden gibt es hier keine Form; nennen Sie den Ordner",
  "it would be the whole machine; name what is meant": "Das wäre der ganze Rechner; nennen Sie, was gemeint ist",
  "not taken over: a sandbox has this of its own, and empty": "Nicht übernommen: Das hat eine Sandbox selbst, und zwar leer",
  "it is always there": "Das ist immer da",
  "it lies, or may lie, in {0}, which may be written; name narrower folders there":
    "Das liegt in {0} oder kann dort liegen, und darin darf geschrieben werden; nennen Sie dort engere Ordner",
  "it lies, or may lie, in {0}, which may be read; name narrower folders there":
    "Das liegt in {0} oder kann dort liegen, und darin darf gelesen werden; nennen Sie dort engere Ordner",
  "nothing else may be written": "Sonst darf nichts geschrieben werden",
  "what it takes away is not named": "Was es wegnimmt, ist nicht genannt",
  "it is not there": "Das ist nicht da",
  "{0} may be written and not read, which has no form here": "{0} darf geschrieben und nicht gelesen werden; dafür gibt es hier keine Form",
  "there everything may be read that is not denied; here nothing but the system's programs and what is named":
    "Dort darf alles gelesen werden, was nicht verboten ist; hier nur die Programme des Systems und was genannt ist",
  "there, what programs start by themselves ({0} …) cannot be changed even where writing is allowed; here it can":
    "Dort lässt sich, was Programme von selbst starten ({0} …), auch da nicht ändern, wo geschrieben werden darf; hier schon",
  "the driver {0}: all files of an account, which is nobody unless {1} says so":
    "Der Treiber {0}: alle Dateien eines Kontos, und das ist „nobody“, sofern {1} nichts anderes sagt",
  "files are kept apart": "Dateien sind getrennt",

  "only sockets in what is named can be reached": "Erreichbar sind nur Sockets in dem, was genannt ist",
  "there no socket in a file can be connected to; here those can that lie in what may be read":
    "Dort ist kein Socket in einer Datei erreichbar; hier sind es die, die in Lesbarem liegen",
  "Holdfast puts no credentials into the connections of a sandbox": "Holdfast setzt in die Verbindungen einer Sandbox keine Zugangsdaten ein",
  "nothing of the environment is inherited": "Von der Umgebung wird nichts geerbt",
  "words for a model; Holdfast says its own": "Worte für ein Modell; Holdfast hat eigene",
  "what is not listed is never asked about here": "Was nicht in der Liste steht, wird hier nie erfragt",
  "for macOS only": "Nur für macOS",
  "for Windows only": "Nur für Windows",
  "its loopback is its own here, and may be bound to": "Loopback ist hier ihr eigenes, und dort darf gelauscht werden",
  "what may be written may be written as a whole here": "Was hier geschrieben werden darf, darf ganz geschrieben werden",
  "nothing is put into connections here": "In Verbindungen wird hier nichts eingesetzt",
  "about reports": "Betrifft Berichte",
  "there is no weaker sandbox here": "Eine schwächere Sandbox gibt es hier nicht",
  "how it looks for files": "Wie es nach Dateien sucht",
  "where its programs are": "Wo seine Programme liegen",
  "variables for git; put them into {0} of the command": "Variablen für Git; schreiben Sie sie in {0} des Befehls",
  "another proxy decides there; Holdfast's would stand in its place, and does not know what that one refuses":
    "Dort entscheidet ein anderer Proxy; der von Holdfast stünde an seiner Stelle und weiß nicht, was jener verweigert",
  "Holdfast hands connections to no other proxy": "Holdfast gibt Verbindungen an keinen anderen Proxy weiter",
  "Holdfast connects by itself": "Holdfast verbindet sich selbst",
  "a program decides there": "Dort entscheidet ein Programm",
  "Holdfast does not look into TLS": "Holdfast sieht nicht in TLS hinein",
};
