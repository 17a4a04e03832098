import type { Sentences } from "./sentences.ts";

/** What stands in the file of a client of MCP servers, and why a server in it is left as it is: what `holdfast wrap` says. */
export const hosts: Sentences = {
  "an object was expected": "Erwartet wird ein Objekt",
  "this key stands there twice": "Diesen Schlüssel gibt es zweimal",
  "it is nested too deeply": "Das ist zu tief verschachtelt",
  "something else was expected here": "Hier wird etwas anderes erwartet",
  "more than {0} servers": "Mehr als {0} Server",
  "a value without a place": "Ein Wert ohne Stelle",
  "a front without a command behind it": "Davor ohne einen Befehl dahinter",
  "the changed file could not be read again, so it was left as it is": "Die geänderte Datei ließ sich nicht wieder lesen, deshalb blieb sie, wie sie ist",
  "it has a command and an address": "Befehl und Adresse stehen nebeneinander",
  "it has neither a command nor an address": "Weder Befehl noch Adresse",
  "its command is no text": "Der Befehl ist kein Text",
  "its arguments are no list of texts": "Die Argumente sind keine Liste von Texten",
  "it starts Holdfast itself": "Startet Holdfast selbst",
  "it is started by {0}": "Wird von {0} gestartet",
  "it is run under {0}": "Läuft unter {0}",
  "it is run under whatever configuration is found where it is started": "Läuft unter der Konfiguration, die dort gefunden wird, wo der Server startet",
  "it is run for {0}": "Läuft für {0}",
  "it is run for the first agent of its configuration": "Läuft für den ersten Agenten der Konfiguration",
};
