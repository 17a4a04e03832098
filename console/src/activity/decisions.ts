import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { getPage, type Page } from "../api/client.ts";
import { type LiveState, useLive } from "../api/live.tsx";
import type { Summary } from "../api/read.ts";
import { type Filters, queryOf } from "./filters.ts";
import { newerIn, placeOf, type Rows, withChanged, withNewer, withOlder } from "./rows.ts";

const PAGE = 100;
/** Older ones come in larger pieces: whoever goes back goes on. */
const OLDER = 250;

export interface Decisions {
  readonly shown: readonly Summary[];
  /** How many newer ones wait to be shown; `more` when there are at least that many. */
  readonly fresh: number;
  readonly more: boolean;
  readonly live: LiveState;
  readonly pending: boolean;
  readonly error: Error | null;
  /** Loads older ones; absent where there are none. */
  readonly older: (() => void) | undefined;
  /** Older ones could not be loaded. */
  readonly stuck: boolean;
  /** Puts what is new on top. */
  showFresh(): void;
}

/** What is known of the decisions that some filters leave. */
interface Held {
  readonly of: Filters;
  readonly rows?: Rows;
  readonly error?: Error;
  readonly stuck?: boolean;
  /** The newest page, where it has more than the rows. */
  readonly head?: Page;
}

/**
 * The list, newest first, kept up to date. An outcome that arrives changes its row in place; a new decision is put on top only while
 * `settled()` says that this moves nothing under anybody's cursor, and is counted otherwise. Which new ones match the filters is asked
 * of the server, so that there is one answer to that.
 */
export function useDecisions(filters: Filters, paused: boolean, settled: () => boolean): Decisions {
  const client = useQueryClient();
  const [kept, setKept] = useState<Held>({ of: filters });
  const held = kept.of === filters ? kept : { of: filters };
  const { rows, error = null, stuck = false, head } = held;

  /** Asks for a page, and changes what is known if the filters are still these. */
  const load = useCallback(
    async (limit: number, before: number | undefined, change: (held: Held, page: Page) => Held, failed: (held: Held, error: Error) => Held) => {
      const outcome = await client
        .fetchQuery({ queryKey: ["decisions", filters, before], queryFn: () => getPage(queryOf(filters, Date.now()), limit, before), staleTime: 0, gcTime: 0 })
        .then(
          (page) => (now: Held) => change(now, page),
          (why: Error) => (now: Held) => failed(now, why),
        );
      setKept((now) => (now.of === filters ? outcome(now) : now));
    },
    [client, filters],
  );

  const mayMove = useRef((): boolean => false);
  useEffect(() => {
    mayMove.current = () => !paused && settled();
  });
  const refresh = useCallback(
    () =>
      load(
        PAGE,
        undefined,
        (now, page) => {
          if (now.rows === undefined) return { of: now.of, rows: page };
          const news = { ...now, rows: withChanged(now.rows, page.decisions), head: page };
          // Nothing is counted first that is put on top at once: the list is drawn once, not twice.
          return mayMove.current() ? onTop(news) : news;
        },
        (now, why) => (now.rows === undefined ? { ...now, error: why } : now),
      ),
    [load],
  );
  useEffect(() => {
    setKept((now) => (now.of === filters ? now : { of: filters }));
    void refresh();
  }, [filters, refresh]);

  const next = rows?.next;
  // Whoever scrolls asks again and again: while it is being loaded that is the same question, and afterwards it is answered.
  const older = useCallback(
    () =>
      void load(
        OLDER,
        next,
        (now, page) => (now.rows !== undefined && now.rows.next === next ? { ...now, rows: withOlder(now.rows, page), stuck: false } : now),
        (now) => ({ ...now, stuck: true }),
      ),
    [next, load],
  );

  // A page may be empty and still not the last: the search goes on by itself until there is something to look at.
  const nothingYet = rows !== undefined && rows.decisions.length === 0 && next !== undefined && !stuck;
  useEffect(() => {
    if (nothingYet) older();
  }, [nothingYet, older]);

  const ask = useRefresh(refresh);
  const live = useLive((batch) => {
    if (paused) return;
    setKept((now) => {
      const changed = now.rows === undefined ? undefined : withChanged(now.rows, batch);
      return changed === undefined || changed === now.rows ? now : { ...now, rows: changed };
    });
    if (rows === undefined || batch.some(({ seq }) => placeOf(rows.decisions, seq) === undefined)) ask();
  });
  // What happened while the list was paused or the connection was gone is caught up with.
  useEffect(() => {
    if (!paused && live === "live") ask();
  }, [paused, live, ask]);

  const waiting = rows === undefined || head === undefined ? 0 : newerIn(rows, head).length;
  const put = useCallback(() => setKept(onTop), []);
  useEffect(() => {
    if (waiting > 0 && mayMove.current()) put();
  });

  return {
    shown: rows?.decisions ?? NONE,
    fresh: waiting,
    more: waiting >= PAGE,
    live,
    pending: rows === undefined && error === null,
    error,
    older: next === undefined ? undefined : older,
    stuck,
    showFresh: put,
  };
}

/** With the newest page put on top. */
function onTop({ head, ...held }: Held): Held {
  return head === undefined || held.rows === undefined ? held : { ...held, rows: withNewer(held.rows, head) };
}

const NONE: readonly Summary[] = [];

/** One question at a time; what comes meanwhile makes one more. */
function useRefresh(question: () => Promise<void>): () => void {
  const asking = useRef(false);
  const again = useRef(false);
  const latest = useRef(question);
  useEffect(() => {
    latest.current = question;
  });
  return useCallback(() => {
    again.current = true;
    if (asking.current) return;
    asking.current = true;
    void (async () => {
      while (again.current) {
        again.current = false;
        await latest.current();
      }
      asking.current = false;
    })();
  }, []);
}
