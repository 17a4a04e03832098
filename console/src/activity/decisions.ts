import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { getPage, type Page } from "../api/client.ts";
import { type LiveState, useLive } from "../api/live.tsx";
import type { Summary } from "../api/read.ts";
import { type Filters, queryOf } from "./filters.ts";

const PAGE = 50;

export interface Decisions {
  readonly shown: readonly Summary[];
  /** How many newer ones wait to be shown; `more` when there are at least that many. */
  readonly fresh: number;
  readonly more: boolean;
  readonly live: LiveState;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly older: (() => void) | undefined;
  readonly loadingOlder: boolean;
  /** Puts what is new on top. */
  showFresh(): void;
}

/**
 * The list, newest first, kept up to date. An outcome that arrives changes its row in place; a new decision is put on top only while
 * `settled()` says that this moves nothing under anybody's cursor, and is counted otherwise. Which new ones match the filters is asked
 * of the server, so that there is one answer to that.
 */
export function useDecisions(filters: Filters, paused: boolean, settled: () => boolean): Decisions {
  const client = useQueryClient();
  const key = useMemo(() => ["decisions", filters] as const, [filters]);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => getPage(queryOf(filters, Date.now()), PAGE, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [seen, setHead] = useState<{ readonly of: Filters; readonly page: Page }>();
  const head = seen?.of === filters ? seen.page : undefined;

  const pages = query.data?.pages;
  const shown = useMemo(() => unique(pages?.flatMap((page) => page.decisions) ?? []), [pages]);
  const newest = shown[0]?.seq ?? -1;
  const waiting = head?.decisions.filter((decision) => decision.seq > newest) ?? [];
  const gap = waiting.length >= PAGE;

  const patch = useCallback(
    (change: (pages: readonly Page[]) => readonly Page[]) =>
      client.setQueryData<{ pages: readonly Page[]; pageParams: readonly unknown[] }>(key, (old) =>
        old === undefined ? old : { ...old, pages: change(old.pages) },
      ),
    [client, key],
  );
  const put = useCallback(
    (page: Page) => {
      const newer = page.decisions.filter(({ seq }) => seq > newest);
      // More came than one page holds: what lies between would be missing, so the list begins anew.
      if (newer.length >= PAGE) client.setQueryData(key, { pages: [page], pageParams: [undefined] });
      else patch((old) => old.map((one, i) => (i === 0 ? { ...one, decisions: unique([...newer, ...one.decisions]) } : one)));
      setHead(undefined);
    },
    [client, key, newest, patch],
  );
  const update = useCallback(
    (decisions: readonly Summary[]) => {
      const changed = new Map(decisions.map((decision) => [decision.id, decision]));
      patch((old) => old.map((page) => ({ ...page, decisions: page.decisions.map((decision) => changed.get(decision.id) ?? decision) })));
    },
    [patch],
  );

  // One question at a time; what comes meanwhile makes one more.
  const asking = useRef(false);
  const again = useRef(false);
  const wanted = useRef(filters);
  useEffect(() => {
    wanted.current = filters;
  });
  const ask = useCallback(async (): Promise<void> => {
    again.current = true;
    if (asking.current) return;
    asking.current = true;
    while (again.current) {
      again.current = false;
      const asked = wanted.current;
      const page = await getPage(queryOf(asked, Date.now()), PAGE).catch(() => undefined);
      if (page === undefined || asked !== wanted.current) continue;
      update(page.decisions);
      setHead({ of: asked, page });
    }
    asking.current = false;
  }, [update]);

  const live = useLive((batch) => {
    if (paused) return;
    const known = new Set(shown.map(({ id }) => id));
    update(batch);
    if (batch.some(({ id }) => !known.has(id))) void ask();
  });
  // What happened while the list was paused or the connection was gone is caught up with.
  useEffect(() => {
    if (!paused && live === "live") void ask();
  }, [paused, live, ask]);
  useEffect(() => {
    if (head !== undefined && waiting.length > 0 && !paused && settled()) put(head);
  });

  return {
    shown,
    fresh: waiting.length,
    more: gap,
    live,
    pending: query.isPending,
    error: query.error,
    older: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingOlder: query.isFetchingNextPage,
    showFresh: () => head !== undefined && put(head),
  };
}

function unique(decisions: readonly Summary[]): readonly Summary[] {
  const seen = new Set<string>();
  return decisions.filter(({ id }) => !seen.has(id) && seen.add(id));
}
