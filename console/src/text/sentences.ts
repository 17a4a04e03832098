/**
 * The gateway's own sentences in German, by their English form with `{0}`, `{1}` in the place of the names between backticks. One id has
 * several sentences, so the sentence is what is translated. One that is not here is shown in English, and marked as English.
 */
const GERMAN: { readonly [sentence: string]: string } = {
  "nothing permits this action": "Nichts erlaubt diese Aktion",
  "the agent is not known to this configuration": "Diese Konfiguration kennt den Agenten nicht",
  "the name is missing or holds characters that names do not have": "Der Name fehlt oder enthält Zeichen, die in Namen nicht vorkommen",
  "the kind of action is unknown": "Diese Art von Aktion ist unbekannt",
  "the model is not among those of agent {0}": "Das Modell gehört nicht zu denen des Agenten {0}",
  "agent {0} may call models {1}": "Der Agent {0} darf die Modelle {1} aufrufen",
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
  "the oversight layer did not answer in time or failed": "Die Freigabeschicht hat nicht rechtzeitig geantwortet oder ist ausgefallen",
  "a person would have to approve this, and nobody can be asked here": "Ein Mensch müsste dies freigeben, und hier lässt sich niemand fragen",
  "the call was handed to the agent": "Der Aufruf wurde an den Agenten weitergegeben",
};

/** The German form of one of the gateway's sentences, its names again between backticks, or undefined. */
export function inGerman(sentence: string): string | undefined {
  const names: string[] = [];
  const form = sentence.replace(/`([^`]*)`/g, (_, name: string) => `{${names.push(name) - 1}}`);
  const german = Object.hasOwn(GERMAN, form) ? GERMAN[form] : undefined;
  return german?.replace(/\{(\d+)\}/g, (_, at: string) => `\`${names[Number(at)] ?? ""}\``);
}

export const SENTENCES: readonly (readonly [english: string, german: string])[] = Object.entries(GERMAN);
