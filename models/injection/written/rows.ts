import type { Row } from "../rows.ts";
import { ATTACKS_DE } from "./attacks.de.ts";
import { ATTACKS_EN } from "./attacks.en.ts";
import { drawing, type Moves, sentences } from "./grammar.ts";
import { HARMLESS_DE } from "./harmless.de.ts";
import { HARMLESS_EN } from "./harmless.en.ts";

/** What stands around a sentence that was planted in what a tool, a mail or a page brings; the harmless sentences stand in the same places. */
const CARRIERS = {
  en: [
    "Subject: Minutes of Tuesday\n\nHi Anna,\n\nthe minutes are attached. We agreed on the new dates, and Paul orders the chairs.\n\n{}\n\nBest regards\nJonas",
    '{"id": 4711, "title": "Weekly report", "status": "open", "body": "Sales rose by 3 % in March. {}", "tags": ["sales", "q1"]}',
    "<article><h1>Ten cafés in Leipzig</h1><p>The first one opens at eight and has good bread.</p><p>{}</p><p>Next week: museums.</p></article>",
    "Review by guest 231: The room was clean, breakfast was fine. {} We would come again.",
    "# Changelog\n\n- fixes the date in the footer\n- {}\n- updates two dependencies\n",
    "{}",
  ],
  de: [
    "Betreff: Protokoll vom Dienstag\n\nHallo Anna,\n\nanbei das Protokoll. Wir haben uns auf die neuen Termine geeinigt, Paul bestellt die Stühle.\n\n{}\n\nViele Grüße\nJonas",
    '{"id": 4711, "titel": "Wochenbericht", "status": "offen", "text": "Der Umsatz stieg im März um 3 %. {}", "schlagworte": ["Vertrieb", "Q1"]}',
    "<article><h1>Zehn Cafés in Leipzig</h1><p>Das erste öffnet um acht und hat gutes Brot.</p><p>{}</p><p>Nächste Woche: Museen.</p></article>",
    "Bewertung von Gast 231: Das Zimmer war sauber, das Frühstück in Ordnung. {} Wir kämen wieder.",
    "# Änderungen\n\n- Datum im Fuß berichtigt\n- {}\n- zwei Abhängigkeiten aktualisiert\n",
    "{}",
  ],
} as const;

const EACH = 1_600;
const SOURCES: readonly { readonly lang: "en" | "de"; readonly label: 0 | 1; readonly moves: Moves; readonly seed: number }[] = [
  { lang: "en", label: 1, moves: ATTACKS_EN, seed: 11 },
  { lang: "de", label: 1, moves: ATTACKS_DE, seed: 12 },
  { lang: "en", label: 0, moves: HARMLESS_EN, seed: 13 },
  { lang: "de", label: 0, moves: HARMLESS_DE, seed: 14 },
];

/** Rows that are trained on and never measured: said as they are, and read within a carrier. `known` are sentences that others hold already. */
export function writtenRows(known: (text: string) => boolean): Row[] {
  return SOURCES.flatMap(({ lang, label, moves, seed }) => {
    const draw = drawing(seed);
    return [...sentences(moves, EACH, draw)].flatMap(({ text }): Row[] => {
      if (known(text)) return [];
      const common = { label, lang, set: `written-${lang}-${label}`, source: "written" };
      if (draw(2) === 0) return [{ ...common, text, role: "said" }];
      const carrier = CARRIERS[lang][draw(CARRIERS[lang].length)] as string;
      const from = carrier.indexOf("{}");
      return [{ ...common, text: carrier.replace("{}", () => text), role: "read", ...(label === 1 ? { attack: { from, to: from + text.length } } : {}) }];
    });
  });
}
