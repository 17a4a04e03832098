import type { start as en } from "./en.ts";

export const start: { readonly [id in keyof typeof en]: string } = {
  "start.title": "Erste Schritte",
  "start.progress": "{done, number} von {all, number} erledigt",
  "start.done": "Erledigt",
  "start.todo": "Offen",
  "start.show": "Erste Schritte anzeigen",
  "start.hide": "Ausblenden",
  "start.connect": "Einen Client verbinden",
  "start.connect.text": "Sie ändern nur die Basis-URL und den Schlüssel; alles andere bleibt, wie es ist.",
  "start.connect.key":
    "Der Schlüssel (er beginnt mit hf_) wurde beim ersten Start einmal im Terminal ausgegeben. Gespeichert ist nur sein Hash; er lässt sich nicht noch einmal anzeigen.",
  "start.connect.mint": "Schlüssel für {agent} erstellen und einsetzen",
  "start.connect.made":
    "Oben steht ein neuer Schlüssel für {agent}. Er ist nur hier zu sehen, bis Sie die Seite verlassen; widerrufen lässt er sich unter Einstellungen.",
  "start.connect.wrap":
    "Im Ordner von Holdfast. Die erste Zeile zeigt, was sich ändern würde; die zweite stellt Holdfast vor die MCP-Server dieses Programms. Ein Schlüssel ist dafür nicht nötig.",
  "start.connect.clients": "Clients",
  "start.connect.code": "Beispiel für {client}",
  "start.attack": "Den Beispielangriff senden",
  "start.attack.text":
    "Das eingebaute Übungsmodell liest ein Postfach. Eine der E-Mails weist es an, den ganzen Posteingang an Fremde zu senden, und es gehorcht. Der Angriff läuft durch das echte Gateway; Sie brauchen keinen Schlüssel, und nichts verlässt diesen Rechner.",
  "start.attack.send": "Angriff senden",
  "start.attack.again": "Noch einmal senden",
  "start.attack.busy": "Wird gesendet …",
  "start.attack.failed": "Das Beispiel ließ sich nicht ausführen: {why}",
  "start.watch": "Zusehen, wie er abgewehrt wird",
  "start.watch.text": "Jede Aktion des Angriffs erhält eine eigene Entscheidung. Öffnen Sie eine, um zu sehen, warum.",
  "start.watch.wait": "Senden Sie zuerst den Beispielangriff. Die Entscheidungen erscheinen dann hier, live.",
  "start.watch.none": "Die erste Entscheidung des Beispiels steht noch aus …",
  "start.enforce": "Die erste Regel gelten lassen",
  "start.enforce.text":
    "Die Regel {id} beobachtet nur und hält fest, was sie getan hätte. Sehen Sie nach, wie oft das war, stellen Sie sie im Entwurf auf Gelten und speichern Sie.",
  "start.enforce.switched": "Die Regel {id} gilt jetzt.",
  "start.enforce.all": "Jede Regel gilt; keine beobachtet nur.",
  "start.enforce.none": "Es gibt noch keine Regel. Schreiben Sie die erste unter „Regeln“.",
  "start.enforce.do": "Zu den Regeln",
};
