import { useState } from "react";
import type { Policies } from "../api/policies.ts";
import type { Base } from "../api/policy-changes.ts";

export interface Draft {
  readonly text: string;
  /** What stood in the file when it was begun. */
  readonly base: Base;
}

/** Whoever leaves the page and comes back finds the draft as it was. It lies in memory: it may hold names of people. */
let kept: Draft | undefined;

/** A draft that nobody has changed follows what is in force; one that somebody has, stays. */
export function useDraft({ text, digest }: Pick<Policies, "text" | "digest">): readonly [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useState(kept ?? begun({ text, digest }));
  const now = draft.text === draft.base.text && draft.base.digest !== digest ? begun({ text, digest }) : draft;
  return [
    now,
    (changed) => {
      kept = changed.text === changed.base.text ? undefined : changed;
      setDraft(changed);
    },
  ];
}

export const begun = ({ text, digest }: Base): Draft => ({ text, base: { text, digest } });
