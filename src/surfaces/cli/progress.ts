import { paint, type Terminal } from "./terminal.ts";

/** Shows on standard error, where a person looks at it, how far a verb is. Silent for the first second and where nobody looks. */
export interface Progress {
  step(count?: number): void;
  /** Wipes the line. */
  done(): void;
}

export function progress(terminal: Terminal, what: string, now: () => number): Progress {
  const started = now();
  let count = 0;
  let shownAt = started + 1000 - PAUSE;
  let visible = false;
  return {
    step(by = 1) {
      count += by;
      if (terminal.err.isTTY !== true || now() - shownAt < PAUSE) return;
      shownAt = now();
      visible = true;
      const seconds = (shownAt - started) / 1000;
      terminal.err.write(`\r\u001b[K${paint(terminal, "err", "dim", terminal.words.progress(`${Math.round(count)} ${what}`, Math.round(count / seconds)))}`);
    },
    done() {
      if (visible) terminal.err.write("\r\u001b[K");
    },
  };
}

const PAUSE = 200;
