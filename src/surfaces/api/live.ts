import type { Clock } from "../../core/layers.ts";
import type { Summary } from "./forms.ts";
import type { History } from "./history.ts";

export interface LiveOptions {
  readonly history: History;
  readonly clock: Clock;
  /** The sequence number after which to go on; absent: from now. */
  readonly after?: number;
  /** False once the operator's session is over. INVARIANT: a revoked session ends its live streams. */
  readonly stillGood: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Bytes that may wait for a slow reader before it is cut off; it then reconnects and says where it was. */
const MOST_WAITING = 1 << 20;
/** Milliseconds between looks at the session; each also keeps proxies from closing a quiet stream. */
const LOOK = 5000;

/** Server-sent events: one `decision` for every decision and again for its outcome, with its sequence number as the event's id. */
export function liveStream({ history, clock, after, stillGood, signal }: LiveOptions): ReadableStream<Uint8Array> {
  let end = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string): void => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
          else end();
        };
        let stopTimer = (): void => {};
        let stopFollowing = (): void => {};
        let ended = false;
        end = () => {
          if (ended) return;
          ended = true;
          stopTimer();
          stopFollowing();
          signal.removeEventListener("abort", end);
          controller.close();
        };
        const look = (): void => {
          stopTimer = clock.timer(LOOK, () => {
            stillGood().then(
              (good) => {
                if (ended) return;
                if (!good) return end();
                write(": still here\n\n");
                look();
              },
              () => end(),
            );
          });
        };
        signal.addEventListener("abort", end);
        if (signal.aborted) return end();
        write("retry: 2000\n\n");
        look();
        stopFollowing = history.follow(after, (summary) => {
          if (!ended) write(event(summary));
        });
        if (ended) stopFollowing();
      },
      cancel() {
        end();
      },
    },
    { highWaterMark: MOST_WAITING, size: (chunk) => chunk.byteLength },
  );
}

const encoder = new TextEncoder();

// JSON holds no raw line break, so one `data` line is the whole value.
const event = (summary: Summary): string => `id: ${summary.seq}\nevent: decision\ndata: ${JSON.stringify(summary)}\n\n`;
