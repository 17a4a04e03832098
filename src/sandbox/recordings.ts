import type { JsonObject } from "../core/json.ts";

/** What a read was answered. */
export interface Recording {
  /** The request that was answered. */
  readonly of: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly answer: JsonObject;
  /** What was said of the answer's label then. */
  readonly label: string;
}

/** Answers of reads, by what was asked and for whom; the newest of each, in memory. */
export interface Recordings {
  keep(key: string, recording: Recording): void;
  of(key: string): Recording | undefined;
  readonly size: number;
}

/** Code units of JSON: of one answer, and of all. */
const LONGEST = 256 * 1024;
const MOST_LENGTH = 32 * 1024 * 1024;
const MOST = 2_000;

/** Bounded: the oldest gives way. An answer that is too long is not kept, and takes the place of no other. */
export function createRecordings(): Recordings {
  const kept = new Map<string, { readonly recording: Recording; readonly length: number }>();
  let all = 0;
  const remove = (key: string): void => {
    all -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    get size() {
      return kept.size;
    },
    of: (key) => kept.get(key)?.recording,
    keep(key, recording) {
      // What is older than this answer is not the answer any more, also where this one cannot be kept.
      remove(key);
      const { length } = JSON.stringify(recording.answer);
      if (length > LONGEST) return;
      for (const oldest of kept.keys()) {
        if (kept.size < MOST && all + length <= MOST_LENGTH) break;
        remove(oldest);
      }
      kept.set(key, { recording, length });
      all += length;
    },
  };
}
