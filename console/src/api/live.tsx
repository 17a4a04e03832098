import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { fields, readSummary, type Summary } from "./read.ts";

export type LiveState = "live" | "offline";
type Take = (decisions: readonly Summary[]) => void;

interface Live {
  readonly state: LiveState;
  follow(take: Take): () => void;
}

/** How often at most what has come is handed on: a gateway that decides a thousand times a second must not redraw a page as often. */
const FLUSH = 250;

const LiveContext = createContext<Live>({ state: "offline", follow: () => () => undefined });

/** One connection to the audit log for the whole console: a browser opens only six to a host. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<LiveState>("offline");
  const followers = useRef(new Set<Take>());
  useEffect(() => connect(setState, (batch) => tell(followers.current, batch)), []);
  const live = useMemo<Live>(
    () => ({
      state,
      follow: (take) => {
        followers.current.add(take);
        return () => followers.current.delete(take);
      },
    }),
    [state],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Hands over what is decided from now on, in batches; a decision comes again when its outcome is recorded. */
export function useLive(take: Take): LiveState {
  const { state, follow } = useContext(LiveContext);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => follow((batch) => latest.current(batch)), [follow]);
  return state;
}

function tell(followers: ReadonlySet<Take>, batch: readonly Summary[]): void {
  for (const take of followers) take(batch);
}

// The browser itself reconnects and says where it was (`Last-Event-ID`).
function connect(change: (state: LiveState) => void, take: Take): () => void {
  const events = new EventSource("/api/v1/audit/live");
  let waiting = new Map<string, Summary>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const batch = [...waiting.values()];
    waiting = new Map();
    take(batch);
  };
  events.addEventListener("open", () => change("live"));
  events.addEventListener("error", () => change("offline"));
  events.addEventListener("decision", (event) => {
    const summary = readEvent(event.data);
    if (summary === undefined) return;
    waiting.set(summary.id, summary);
    timer ??= setTimeout(flush, FLUSH);
  });
  return () => {
    clearTimeout(timer);
    events.close();
  };
}

function readEvent(data: unknown): Summary | undefined {
  try {
    const parsed: unknown = JSON.parse(String(data));
    return "id" in fields(parsed) ? readSummary(parsed) : undefined;
  } catch {
    return undefined;
  }
}
