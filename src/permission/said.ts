import { hash } from "node:crypto";
import type { Content } from "../core/content.ts";
import { canonicalJson } from "../core/json.ts";
import { joinLabels, type Label, NEUTRAL_LABEL, UNTRUSTED } from "../core/label.ts";
import { UNTRUSTED as FOREIGN, RESTRICTED, type Span, WRITTEN } from "./flow/traces.ts";

/** What in a message is not what its place makes it: by the index of the content. */
export interface Foreign {
  readonly index: number;
  readonly spans: readonly Span[];
  /** Where it comes from. */
  readonly marks: number;
}

/** A step of a conversation: one content, or all of an answer together. */
export interface Step {
  /** Of everything up to here. */
  readonly id: string;
  /** The digest of an answer; undefined for what others said. */
  readonly answer: string | undefined;
  readonly items: readonly { readonly index: number; readonly content: Content }[];
}

export function chain(start: string, said: readonly Content[]): readonly Step[] {
  const steps: Step[] = [];
  let before = nothingSaid(start);
  for (let index = 0; index < said.length; ) {
    const items = [{ index, content: said[index] as Content }];
    const isAnswer = items[0]?.content.source.kind === "model";
    for (index++; isAnswer && said[index]?.source.kind === "model"; index++) items.push({ index, content: said[index] as Content });
    const answer = isAnswer ? digestOf(items.map(({ content }) => content)) : undefined;
    before = hash("sha256", `${before}\n${answer ?? exactly(items[0]?.content as Content)}`, "base64");
    steps.push({ id: before, answer, items });
  }
  return steps;
}

/** The name of a conversation in which nothing is said that is text. */
export const nothingSaid = (start: string): string => hash("sha256", start, "base64");

const exactly = ({ source: { kind, id = "" }, text, value }: Content): string =>
  `${kind}\n${id}\n${text === undefined ? `v${canonicalJson(value)}` : `t${text}`}`;

/** An answer as clients keep it: texts in one or several pieces, with blanks as they like; calls to the letter. */
export function digestOf(answer: readonly Content[]): string {
  const said = answer.filter(({ source }) => source.id === undefined).map((one) => one.text ?? "");
  const called = answer.flatMap(({ source: { id }, text, value }) =>
    id === undefined ? [] : [[id, text ?? null, value === undefined ? null : canonicalJson(value)]],
  );
  return hash("sha256", JSON.stringify([said.join("").replace(/\s+/g, " ").trim(), called]), "base64");
}

/** Messages in pieces: what the user wrote, and what stands in them of others. Who may read that is not known any more, so nobody. */
export function apart(contents: readonly Content[], foreign: readonly Foreign[]): readonly Content[] {
  if (foreign.length === 0) return contents;
  const of = new Map(foreign.map((one) => [one.index, one]));
  return contents.flatMap((content, index): readonly Content[] => {
    const { spans, marks } = of.get(index) ?? {};
    const { text, source, label } = content;
    if (spans === undefined || marks === undefined) return [content];
    const readers: Label["readers"] = marks & RESTRICTED ? [] : "public";
    const theirs = joinLabels(label, { ...(marks & (FOREIGN | WRITTEN) ? UNTRUSTED : NEUTRAL_LABEL), readers });
    if (text === undefined) return [{ ...content, label: theirs }];
    const pieces: Content[] = [];
    let at = 0;
    for (const [start, end] of spans) {
      if (start > at) pieces.push({ source, label, text: text.slice(at, start) });
      pieces.push({ source, label: theirs, text: text.slice(start, end) });
      at = end;
    }
    if (at < text.length) pieces.push({ source, label, text: text.slice(at) });
    return pieces;
  });
}
