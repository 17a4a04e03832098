import type { Sentences } from "./sentences.ts";

/** What a sandbox says of itself and of this machine: what \`holdfast sandbox doctor\` says. Caveats, what is missing, work folders, and why an attempt has no control. */
export const sandboxes: Sentences = {
  "where it uses KVM, it was not run by us: nothing boots with it where it is tested. What is said here is what attempts showed on yours":
    "Mit KVM wurde dies nie ausgeführt: Wo es getestet wird, startet damit nichts. Was hier steht, haben Versuche auf Ihrem Rechner gezeigt",
  "Holdfast was not run with the real Firecracker: its tests have a stand-in for the API. What is said here is what attempts showed on yours":
    "Mit dem echten Firecracker lief Holdfast nie: In den Tests steht etwas an der Stelle der API. Was hier steht, haben Versuche auf Ihrem Rechner gezeigt",
  "Holdfast was not run on a real cluster: its tests have a stand-in for the API. What is said here is what attempts showed on yours":
    "Auf einem echten Cluster lief Holdfast nie: In den Tests steht etwas an der Stelle der API. Was hier steht, haben Versuche auf Ihrem gezeigt",
  "the program has the files of its account, and with them every socket in a file that it may open, but for those in /run and /tmp":
    "Das Programm hat die Dateien seines Kontos und damit jeden Socket in einer Datei, die es öffnen darf, außer denen in /run und /tmp",

  "no container engine listens; start Docker or podman, or name its socket in DOCKER_HOST (unix://…)":
    "Keine Container-Engine lauscht; starten Sie Docker oder podman, oder nennen Sie den Socket in DOCKER_HOST (unix://…)",
  "no container engine listens": "Keine Container-Engine lauscht",
  "the container engine cannot limit": "Die Container-Engine kann nicht begrenzen",
  "the sandbox {0} needs Linux": "Die Sandbox {0} braucht Linux",
  "the program {0} is not here": "Das Programm {0} gibt es hier nicht",
  "the program {0} is not here; install {1}": "Das Programm {0} gibt es hier nicht; installieren Sie {1}",
  "the program {0} is not here; install {1} (gVisor)": "Das Programm {0} gibt es hier nicht; installieren Sie {1} (gVisor)",
  "the program {0} is not here; put its release into /usr/local/bin": "Das Programm {0} gibt es hier nicht; legen Sie seine Ausgabe nach /usr/local/bin",
  "the programs {0} are not here; install {1}": "Die Programme {0} gibt es hier nicht; installieren Sie {1}",
  "the sandbox {0} needs Holdfast to be run by root; as a user, take {1}": "Für die Sandbox {0} muss root Holdfast ausführen; als Benutzer nehmen Sie {1}",
  "there is no control group that can be written, and {0} is limited by nothing else":
    "Es gibt keine beschreibbare Control Group, und sonst begrenzt {0} nichts",
  "there is no control group that can be written, and {0} limits by nothing else":
    "Es gibt keine beschreibbare Control Group, und {0} begrenzt mit nichts anderem",
  "there is no control group that can be written, and {0} is ended by nothing else": "Es gibt keine beschreibbare Control Group, und sonst beendet {0} nichts",
  "root may not give up its groups here ({0})": "root darf hier seine Gruppen nicht aufgeben ({0})",
  "no cluster is configured; write {0} into holdfast.yaml, and name that with {1}":
    "Es ist kein Cluster konfiguriert; schreiben Sie {0} in holdfast.yaml, und nennen Sie die Datei mit {1}",
  "the token of {0} may not do this in its namespace": "Das Token von {0} darf in seinem Namensraum dies nicht",
  "there is no kernel for a machine in /usr/lib/holdfast/vm or /boot; unpack the package {0} there (docs/guide/sandboxes.md, Machines)":
    "In /usr/lib/holdfast/vm und /boot liegt kein Kernel für eine Maschine; entpacken Sie dort das Paket {0} (docs/guide/sandboxes.md, Machines)",
  "there is no kernel that is not compressed ({0}) beside its modules in /usr/lib/holdfast/vm; unpack one there (docs/guide/sandboxes.md, Firecracker)":
    "In /usr/lib/holdfast/vm liegt neben den Modulen kein unkomprimierter Kernel ({0}); entpacken Sie dort einen (docs/guide/sandboxes.md, Firecracker)",
  "the device {0} is not here, or nobody may not open it: give it a group of its own ({1}), or the user to that group":
    "Das Gerät {0} gibt es hier nicht, oder „nobody“ darf es nicht öffnen: Geben Sie ihm eine eigene Gruppe ({1}), oder nehmen Sie den Benutzer in sie auf",

  "a container engine listens, and does not answer": "Eine Container-Engine lauscht und antwortet nicht",
  "the container cannot be made": "Der Container lässt sich nicht anlegen",
  "the container cannot be started": "Der Container lässt sich nicht starten",
  "a container does not end": "Ein Container endet nicht",
  "the image {0} is not on this machine; fetch it with {1} once you have looked at it":
    "Das Image {0} ist nicht auf diesem Rechner; holen Sie es mit {1}, wenn Sie es sich angesehen haben",
  "the sandbox {0} runs on another machine, where paths of this one mean nothing":
    "Die Sandbox {0} läuft auf einem anderen Rechner, wo Pfade von diesem nichts bedeuten",
  "the sandbox {0} needs an {1}": "Die Sandbox {0} braucht ein {1}",
  "the image {0} must be named by what it is, {1}; a name alone can be another image tomorrow":
    "Das Image {0} muss nach seinem Inhalt benannt sein, {1}; ein bloßer Name kann morgen ein anderes Image sein",
  "a variable of a pod is named with letters, digits and {0}": "Eine Variable eines Pods heißt mit Buchstaben, Ziffern und {0}",
  "the sandbox {0} has the files of its account, so none are named; take another to confine them":
    "Die Sandbox {0} hat die Dateien ihres Kontos, also werden keine genannt; nehmen Sie eine andere, um sie zu begrenzen",
  "the name of a program may not have {0} in it here": "Der Name eines Programms darf hier kein {0} enthalten",
  "a skill is one file that ends in {0}": "Ein Skill ist eine Datei, die auf {0} endet",
  "{0} must be an absolute path": "{0} muss ein absoluter Pfad sein",
  "a skill has no files, so nothing can be named for it to read or to write":
    "Ein Skill hat keine Dateien, also lässt sich für ihn nichts zum Lesen oder Schreiben nennen",
  "a skill needs {0} MB of memory": "Ein Skill braucht {0} MB Speicher",
  "a skill has one processor; it cannot be held to less": "Ein Skill hat einen Prozessor; weniger lässt sich ihm nicht geben",
  "{0} is not there": "{0} gibt es nicht",
  "{0} is longer than {1} MB": "{0} ist länger als {1} MB",
  "{0} would give away the machine itself": "{0} gäbe den Rechner selbst preis",
  "{0} cannot be reached in the sandbox, where the program is nobody: {1} is closed to others":
    "{0} ist in der Sandbox nicht erreichbar, wo das Programm „nobody“ ist: {1} ist für andere geschlossen",
  "a sandbox needs a command": "Eine Sandbox braucht einen Befehl",
  "a command holds no zero character": "Ein Befehl enthält kein Nullzeichen",
  "the limit {0} must be greater than nothing": "Die Grenze {0} muss größer als null sein",
  "the folder to begin in must be an absolute path": "Der Ordner, in dem es beginnt, muss ein absoluter Pfad sein",
  "the sandbox {0} runs this machine's programs; only {1} has images": "Die Sandbox {0} führt Programme dieses Rechners aus; Images hat nur {1}",
  "the file system of a work folder cannot be mounted": "Das Dateisystem eines Arbeitsordners lässt sich nicht einhängen",

  "only root can mount a file system of that size": "Ein Dateisystem dieser Größe kann nur root einhängen",
  "{0} is not here; install {1} and {2}": "{0} gibt es hier nicht; installieren Sie {1} und {2}",
  "{0} is not here; install {1}": "{0} gibt es hier nicht; installieren Sie {1}",
  "there are no loop devices ({0})": "Es gibt keine Loop-Geräte ({0})",

  "it was not tried inside either: the way out does not work here": "Drinnen wurde es auch nicht versucht: Der Weg hinaus geht hier nicht",
  "outside it would change the machine": "Draußen würde es den Rechner verändern",
  "the first process of a machine may see other files": "Der erste Prozess eines Rechners sieht womöglich andere Dateien",
  "outside, a script has no more descriptors than inside": "Draußen hat ein Skript nicht mehr Deskriptoren als drinnen",
  "outside, there is nothing to gain for root": "Draußen gibt es für root nichts zu gewinnen",
  "a machine need not have IPv6": "Ein Rechner muss kein IPv6 haben",
  "a machine need not have one": "Ein Rechner muss keinen haben",
  "a machine need not be on a network": "Ein Rechner muss an keinem Netz hängen",
  "outside, nobody set a deadline": "Draußen hat niemand eine Frist gesetzt",
  "outside, nobody looks for it": "Draußen sucht niemand danach",
  "outside, there is no such host": "Draußen gibt es einen solchen Host nicht",
  "outside, the same is there only in other programs": "Draußen gibt es das nur in anderen Programmen",
  "outside, it would take the machine's memory": "Draußen nähme es dem Rechner den Speicher",
};
