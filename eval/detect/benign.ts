import type { Detector } from "../../src/core/detector.ts";
import { scan } from "../../src/detectors/index.ts";
import { benignSets, rowsOf } from "./data.ts";
import { percent, type Table } from "./part.ts";

/** What the detectors find where nobody hid anything, set by set. */
export function benignTable(title: string, list: readonly Detector[], tell: (wrong: string) => void): Table {
  const rows = benignSets().map((set) => {
    const texts = rowsOf(`benign/${set}`);
    const counts = new Map<string, number>();
    let hit = 0;
    for (const { text } of texts) {
      const findings = scan(list, text, "tool");
      if (findings.length > 0) hit++;
      for (const { detector, start, end } of findings) {
        counts.set(detector, (counts.get(detector) ?? 0) + 1);
        tell(`${set}: ${detector} in …${JSON.stringify(text.slice(Math.max(0, start - 40), end + 10))}`);
      }
    }
    const kilobytes = texts.reduce((sum, { text }) => sum + text.length, 0) / 1024;
    const found = [...counts].sort((a, b) => b[1] - a[1]).map(([id, count]) => `${id} ${count}`);
    return [set, /_de$/.test(set) ? "de" : "en", texts.length, Math.round(kilobytes), hit, percent(hit, texts.length), found.join(", ")];
  });
  return { title, columns: ["set", "language", "texts", "KB", "with a finding", "", "what was found"], rows };
}
