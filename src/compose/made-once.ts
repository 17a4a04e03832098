import { setImmediate as turn } from "node:timers/promises";

/** So many milliseconds of making, and then others have their turn. */
const SLICE_MS = 4;

export interface MadeOnce<From, To> {
  /** Makes all of these in turns, and forgets all others. What cannot be made is no fault yet: whoever asks for it is told. */
  ready(all: readonly From[]): Promise<void>;
  /** Throws the SyntaxError of what cannot be made. What was not made in advance is made now. */
  of(from: From): To;
}

/** Keeps what the last configuration's own words made: for its check, for what it becomes, and for the next one where they are the same. */
export function madeOnce<From, To>(making: (from: From) => Generator<void, To>): MadeOnce<From, To> {
  type Made = { readonly made: To } | { readonly wrong: SyntaxError };
  let known: ReadonlyMap<string, Made> = new Map();

  function* attempt(from: From): Generator<void, Made> {
    try {
      return { made: yield* making(from) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { wrong: error };
    }
  }
  return {
    async ready(all) {
      const next = new Map<string, Made>();
      let since = performance.now();
      for (const from of all) {
        const key = JSON.stringify(from);
        const before = known.get(key);
        if (before !== undefined) {
          next.set(key, before);
          continue;
        }
        const steps = attempt(from);
        for (let done: boolean | undefined = false; done !== true; ) {
          const step = steps.next();
          if (step.done === true) next.set(key, step.value);
          done = step.done;
          if (performance.now() - since > SLICE_MS) {
            await turn();
            since = performance.now();
          }
        }
      }
      known = next;
    },
    of(from) {
      let one = known.get(JSON.stringify(from));
      if (one === undefined) {
        const steps = attempt(from);
        let step = steps.next();
        while (step.done !== true) step = steps.next();
        one = step.value;
      }
      if ("wrong" in one) throw one.wrong;
      return one.made;
    },
  };
}
