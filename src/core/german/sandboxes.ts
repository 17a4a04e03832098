import type { Sentences } from "./sentences.ts";

/** What a sandbox says of itself and of this machine: what \`holdfast sandbox doctor\` says. A line for each, in the order of the drivers. */
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
