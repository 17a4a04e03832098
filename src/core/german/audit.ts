import type { Sentences } from "./sentences.ts";

/** What is wrong with a log or with a key of it: what `holdfast audit` says. */
export const audit: Sentences = {
  "the line is longer than a record can be": "Die Zeile ist länger, als ein Eintrag sein kann",
  "the line is not a record": "Die Zeile ist kein Eintrag",
  "record {0} is missing": "Eintrag {0} fehlt",
  "record {0} stands where record {1} belongs": "Eintrag {0} steht dort, wo Eintrag {1} hingehört",
  "the first record continues another one": "Der erste Eintrag setzt einen anderen fort",
  "the record was changed: it is not the one that the record after it continues":
    "Der Eintrag wurde verändert: Es ist nicht der, den der Eintrag danach fortsetzt",
  "the first {0} records are not those of the known checkpoint": "Die ersten {0} Einträge sind nicht die des bekannten Prüfpunkts",
  "the checkpoint is not signed by this key": "Der Prüfpunkt ist nicht mit diesem Schlüssel signiert",
  "the checkpoint covers {0} records and only {1} stand before it": "Der Prüfpunkt deckt {0} Einträge ab, und davor stehen nur {1}",
  "the checkpoint covers {0} records and {1} stand before it": "Der Prüfpunkt deckt {0} Einträge ab, und davor stehen {1}",
  "record {0} is not what was signed": "Eintrag {0} ist nicht, was signiert wurde",
  "records {0} to {1} are not what was signed": "Die Einträge {0} bis {1} sind nicht, was signiert wurde",
  "there is no checkpoint": "Es gibt keinen Prüfpunkt",
  "record {0} is behind the last checkpoint, which does not cover them": "Eintrag {0} steht hinter dem letzten Prüfpunkt, der ihn nicht abdeckt",
  "records {0} to {1} are behind the last checkpoint, which does not cover them":
    "Die Einträge {0} bis {1} stehen hinter dem letzten Prüfpunkt, der sie nicht abdeckt",
  "the log ends after {0} records and a known checkpoint covers {1}": "Das Protokoll endet nach {0} Einträgen, und ein bekannter Prüfpunkt deckt {1} ab",
  "the log cannot be read": "Das Protokoll lässt sich nicht lesen",
  "a known checkpoint is not signed by this key": "Ein bekannter Prüfpunkt ist nicht mit diesem Schlüssel signiert",

  "the log has no checkpoint": "Das Protokoll hat keinen Prüfpunkt",
  "record {0} cannot be read": "Eintrag {0} lässt sich nicht lesen",
  "the log's checkpoint is not signed by the key beside it": "Der Prüfpunkt des Protokolls ist nicht mit dem Schlüssel signiert, der danebenliegt",
  "no checkpoint covers this record, and nobody is signing one: is the server running?":
    "Kein Prüfpunkt deckt diesen Eintrag ab, und niemand signiert einen: Läuft der Server?",
  "there is no log here yet: no server has run with this configuration":
    "Hier gibt es noch kein Protokoll: Mit dieser Konfiguration ist noch kein Server gelaufen",
  "no record {0} under a checkpoint": "Unter keinem Prüfpunkt steht ein Eintrag {0}",
  "no tree of {0} records after one of {1}": "Auf einen Baum von {1} Einträgen folgt keiner von {0}",
  "node {0}/{1} was not loaded": "Der Knoten {0}/{1} wurde nicht geladen",
  "`limit` is a whole number from 1 to 500": "`limit` ist eine ganze Zahl von 1 bis 500",

  "the audit log is not what it was": "Das Protokoll ist nicht mehr, was es war",
  "it holds records and no checkpoint": "Es enthält Einträge und keinen Prüfpunkt",
  "its checkpoint is not signed by this log's key": "Sein Prüfpunkt ist nicht mit dem Schlüssel dieses Protokolls signiert",
  "the checkpoint covers {0} records and only {1} are there": "Der Prüfpunkt deckt {0} Einträge ab, und es gibt nur {1}",
  "records {0} to {1} are not those that were hashed when they were written":
    "Die Einträge {0} bis {1} sind nicht die, deren Hash beim Schreiben berechnet wurde",
  "the first {0} records do not have the root that was signed": "Die ersten {0} Einträge haben nicht die Wurzel, die signiert wurde",
  "record {0} does not continue the one before it": "Eintrag {0} setzt den davor nicht fort",
  "too many records wait for the audit log's disk": "Zu viele Einträge warten auf die Festplatte des Protokolls",
  "the audit log cannot be written": "Das Protokoll lässt sich nicht schreiben",
  "the audit log cannot be written any more": "Das Protokoll lässt sich nicht mehr schreiben",

  "{0} is missing beside {1}: restore it, or begin a new log in another folder":
    "Neben {1} fehlt {0}: Stellen Sie es wieder her, oder beginnen Sie in einem anderen Ordner ein neues Protokoll",
  "`audit.vkey` does not belong to `audit.key`": "`audit.vkey` gehört nicht zu `audit.key`",
  "`audit.mask` is not 32 bytes in hex": "`audit.mask` sind keine 32 Bytes in Hexadezimalziffern",
  "{0} can be read by others: make it {1}": "{0} ist für andere lesbar: Setzen Sie {1}",
  "not a proof": "Kein Nachweis",
  "the proof is malformed": "Der Nachweis ist nicht wohlgeformt",
  "the checkpoint in the proof is not signed by this key": "Der Prüfpunkt im Nachweis ist nicht mit diesem Schlüssel signiert",
  "the record is not where the proof says": "Der Eintrag steht nicht dort, wo es der Nachweis sagt",
  "not a private note key": "Kein privater Schlüssel für Notes",
  "the private note key does not have the hash it states": "Der private Schlüssel hat nicht den Hash, den er nennt",
  "not a note verifier key with Ed25519": "Kein öffentlicher Schlüssel für Notes mit Ed25519",
  "the verifier key does not have the hash it states": "Der öffentliche Schlüssel hat nicht den Hash, den er nennt",
};
