import type { Question } from "../api/approval.ts";

/** A row of the list; `gone`: it left this list since, and keeps its place until the list is drawn anew. */
export interface Row {
  readonly question: Question;
  readonly gone: boolean;
}

/** The rows that stand, each as it is now, and how many newer ones wait to be shown. No row moves. */
export function kept(shown: readonly Question[], latest: readonly Question[]): { readonly rows: readonly Row[]; readonly fresh: number } {
  const now = new Map(latest.map((question) => [question.id, question]));
  const known = new Set(shown.map(({ id }) => id));
  return {
    rows: shown.map((question) => ({ question: now.get(question.id) ?? question, gone: !now.has(question.id) })),
    fresh: latest.filter(({ id }) => !known.has(id)).length,
  };
}
