import type { ReactNode } from "react";
import type { Sentences } from "../../../src/core/german/sentences.ts";
import type { Reason } from "../api/read.ts";
import { saidIn, useText } from "../text/text.ts";

/** A reason's sentence: in the reader's language where it is known, otherwise as the gateway wrote it, in English. */
export function ReasonText({ reason }: { readonly reason: Reason }) {
  return <Said text={reason.text === "" ? reason.id : reason.text} />;
}

/** A sentence of the gateway's. `more`: where else its German may stand. */
export function Said({ text: said, more = NONE }: { readonly text: string; readonly more?: readonly Sentences[] }) {
  const { language } = useText();
  const known = saidIn(language, said, more);
  return <span {...(known === undefined ? { lang: "en" } : {})}>{quoted(sentence(known ?? said))}</span>;
}

const NONE: readonly Sentences[] = [];

/** What stands between backticks is a name. */
function quoted(text: string): ReactNode {
  const parts = text.split("`");
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
  return parts.length % 2 === 0 ? text : parts.map((part, i) => (i % 2 === 0 ? part : <code key={i}>{part}</code>));
}

// The log's sentences begin small and end without a full stop; ids and quoted names at the beginning stay as they are.
function sentence(text: string): string {
  return /^[a-z]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
