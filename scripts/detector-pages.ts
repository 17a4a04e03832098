/**
 * Writes docs/reference/detectors.md and detectors.de.md from the detectors themselves. `--check` writes nothing and exits 1 if a page is
 * out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { names } from "../src/compose/texts/trained.ts";
import { type Detector, FINDING_KINDS, type FindingKind } from "../src/core/detector.ts";
import { providers } from "../src/detectors/credential/providers/index.ts";
import { conduct, detectors } from "../src/detectors/index.ts";
import { europeanIds } from "../src/detectors/personal/national/index.ts";
import { ROOT } from "./root.ts";

type Language = "en" | "de";
const FILES: { readonly [language in Language]: string } = { en: "docs/reference/detectors.md", de: "docs/reference/detectors.de.md" };
const KINDS: { readonly [kind in FindingKind]: { readonly [language in Language]: string } } = {
  credential: { en: "Credentials", de: "Zugangsdaten" },
  financial: { en: "Financial data", de: "Finanzdaten" },
  personal: { en: "Personal data", de: "Personenbezogene Daten" },
  name: { en: "Names of persons", de: "Namen von Personen" },
  injection: { en: "Orders to a model", de: "Anweisungen an ein Modell" },
  smuggling: { en: "Invisible text", de: "Unsichtbarer Text" },
  internal: { en: "Internal data", de: "Interne Daten" },
  content: { en: "Content", de: "Inhalte" },
};
const WORDS = {
  en: {
    title: "Detectors",
    intro:
      "Written by `node scripts/detector-pages.ts` from the detectors themselves. The examples are run as tests: what stands under “found” is found, what stands under “left alone” is not. A detector reports; configuration decides what follows. A finding can only make an outcome stricter, and no detector finds everything.",
    found: "found",
    left: "left alone",
    helps: "Helps with",
    europe: "Numbers of persons in European countries",
  },
  de: {
    title: "Detektoren",
    intro:
      "Von `node scripts/detector-pages.ts` aus den Detektoren selbst geschrieben. Die Beispiele laufen als Tests: Was unter „gefunden“ steht, wird gefunden, was unter „bleibt unberührt“ steht, nicht. Ein Detektor meldet nur; was daraus folgt, entscheidet die Konfiguration. Ein Fund kann ein Ergebnis nur verschärfen, und kein Detektor findet alles.",
    found: "gefunden",
    left: "bleibt unberührt",
    helps: "Hilft bei",
    europe: "Nummern von Personen in europäischen Ländern",
  },
} as const;

/** The pages as they should be, by file. */
export function detectorPages(): ReadonlyMap<string, string> {
  return new Map((["en", "de"] as const).map((language) => [FILES[language], page(language)]));
}

function page(language: Language): string {
  const { title, intro } = WORDS[language];
  const sections = FINDING_KINDS.flatMap((kind) => {
    const own = [...detectors, names, ...conduct].filter(({ finds, id }) => finds === kind && !inTables.has(id));
    const tables = kind === "credential" ? providers.map((group) => table(`### ${group.title[language]}`, group.keys, language)) : [];
    if (kind === "personal") tables.push(table(`### ${WORDS[language].europe}`, europeanIds, language));
    return own.length === 0 ? [] : [`## ${KINDS[kind][language]}`, ...own.map((detector) => section(detector, language)), ...tables];
  });
  return `# ${title}\n\n${intro}\n\n${sections.join("\n\n")}\n`;
}

/** Detectors that one maker made: a row each. */
const inTables: ReadonlySet<string> = new Set([...providers.flatMap(({ keys }) => keys), ...europeanIds].map(({ id }) => id));

function table(heading: string, list: readonly Detector[], language: Language): string {
  const words = WORDS[language];
  const rows = list.map(
    ({ id, explain, examples }) => `| \`detectors/${id}\` | ${explain[language]} | ${shown(examples.hit[0] ?? "")} | ${shown(examples.miss.at(-1) ?? "")} |`,
  );
  return [heading, "", `| | | ${words.found} | ${words.left} |`, "|---|---|---|---|", ...rows].join("\n");
}

function section({ id, explain, covers, examples }: Detector, language: Language): string {
  const words = WORDS[language];
  const rows = (name: string, texts: readonly string[]): string[] => texts.map((text) => `| ${name} | ${shown(text)} |`);
  const lines = ["| | |", "|---|---|", ...rows(words.found, examples.hit), ...rows(words.left, examples.miss)].join("\n");
  return `### \`detectors/${id}\`\n\n${explain[language]}\n\n${words.helps}: ${covers.join(", ")}\n\n${lines}`;
}

/**
 * An example that a reader can see and a page can hold: what is invisible is written as its code point. An empty comment cuts every longer
 * word, so that the scanners of repositories leave the page alone as they leave the source.
 */
function shown(text: string): string {
  const short = text.length > 160 ? `${text.slice(0, 157)}…` : text;
  const visible = short.replace(/[\p{Cf}\p{M}\p{Cc}\p{Cs}\u3164]/gu, (sign) =>
    sign === "\n" ? "↵" : `⟨U+${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
  const escaped = visible.replace(/[&<>|`*_[\]\\~]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return escaped.replace(/([A-Za-z0-9]{4})(?=[A-Za-z0-9_/+-]{12})/, "$1<!-- -->");
}

if (import.meta.main) {
  const stale = [...detectorPages()].filter(([file, text]) => current(file) !== text);
  if (process.argv.includes("--check")) {
    for (const [file] of stale) console.error(`\`${file}\` is out of date: run \`node scripts/detector-pages.ts\``);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const [file, text] of stale) {
      mkdirSync(dirname(join(ROOT, file)), { recursive: true });
      writeFileSync(join(ROOT, file), text);
      console.log(file);
    }
  }
}

function current(file: string): string | undefined {
  try {
    return readFileSync(join(ROOT, file), "utf8");
  } catch {
    return undefined;
  }
}
