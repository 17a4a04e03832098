import type { Clock } from "../core/layers.ts";

/** True while a person is asked about this request, or about what it proposed, and its client waits. */
export type Holds = (request: string) => boolean;

/** Proxies and clients give up on a connection that is silent; few of them before half a minute. */
const EVERY_MS = 15_000;

/** Calls `beat` again and again while the request is held. Returns how to stop. */
export function whileHeld(holds: Holds, request: string, clock: Pick<Clock, "timer">, beat: () => void): () => void {
  let cancel = clock.timer(EVERY_MS, look);
  function look(): void {
    if (holds(request)) beat();
    cancel = clock.timer(EVERY_MS, look);
  }
  return () => cancel();
}
