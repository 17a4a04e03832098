import type { login as en } from "./en.ts";

export const login: { readonly [id in keyof typeof en]: string } = {
  "login.title": "Bei Holdfast anmelden",
  "login.how": "Die Konsole kennt kein Passwort. Sie öffnen sie mit einem Link, der einmal gilt und im Terminal steht.",
  "login.step.start": "Sehen Sie in das Terminal, in dem Holdfast gestartet wurde: Der Link steht neben dem Wort „console“.",
  "login.step.command": "Oder erzeugen Sie einen neuen Link auf dem Rechner, auf dem Holdfast läuft:",
  "login.busy": "Sie werden angemeldet …",
  "login.used": "Dieser Link ist unbekannt, bereits verwendet oder abgelaufen. Jeder Link gilt nur einmal.",
  "login.failed": "Das Gateway war nicht zu erreichen. Läuft es noch?",
  "login.refused": "Ihr Browser hat das Sitzungs-Cookie nicht behalten. Lassen Sie Cookies für diese Adresse zu und verwenden Sie einen neuen Link.",
  "login.already": "Sie sind bereits angemeldet.",
  "login.continue": "Zur Konsole",
  "login.provider": "Mit {provider} anmelden",
  "login.or": "Wer Holdfast betreibt, kommt auch mit einem Link herein, der einmal gilt.",
  "login.fault.unreachable":
    "{provider} hat nicht rechtzeitig geantwortet. Versuchen Sie es gleich noch einmal. Bleibt es dabei, sagen Sie es der Person, die Holdfast betreibt.",
  "login.fault.invalid":
    "Auf die Antwort von {provider} war kein Verlass, deshalb wurde niemand angemeldet. Versuchen Sie es noch einmal. Bleibt es dabei, sagen Sie es der Person, die Holdfast betreibt: Der Grund steht dort im Protokoll.",
  "login.fault.refused": "{provider} hat Sie nicht angemeldet, oder Sie haben dort abgebrochen. Sie können neu beginnen.",
  "login.fault.over":
    "Diese Anmeldung wurde schon verwendet, hat länger als zehn Minuten gedauert, begann in einem anderen Browser, oder danach begann noch eine. Beginnen Sie hier neu; der Browser muss Cookies für diese Adresse annehmen.",
  "login.fault.unverified": "{provider} bürgt nicht für Ihre E-Mail-Adresse. Bestätigen Sie die Adresse dort und beginnen Sie dann neu.",
  "login.fault.unknown":
    "{provider} kennt Sie, aber das Konto gehört hier niemandem. Bitten Sie die Person, die Holdfast betreibt, Sie einzutragen, oder wählen Sie dort ein anderes Konto.",
  "login.fault.unavailable": "Holdfast kann im Augenblick niemanden anmelden. Versuchen Sie es in einer Minute noch einmal.",
  "login.fault.elsewhere": "Die Anmeldung beginnt unter dieser Adresse. Beginnen Sie hier.",
};
