import type { Place } from "../normalise.ts";

/** Another reading of a text: what it says once decoded, and where each code unit of it stood in the text that it was read from. */
export interface Layer {
  readonly text: string;
  readonly place: (unit: number) => Place;
}

/** A reading of one range that has no finer map: every unit of it stands for the whole range. */
export const whole = (text: string, from: number, to: number): Layer => ({ text, place: () => ({ from, to }) });

/** Replaces what `parts` names, each by its own text; what lies between stays and keeps its place. */
export function replaced(text: string, parts: Iterable<{ readonly from: number; readonly to: number; readonly by: string }>): Layer {
  let out = "";
  let copied = 0;
  const starts: number[] = [];
  const places: Place[] = [];
  const keep = (to: number): void => {
    if (to > copied) {
      starts.push(out.length);
      places.push({ from: copied, to: -1 });
      out += text.slice(copied, to);
    }
  };
  for (const { from, to, by } of parts) {
    keep(from);
    if (by !== "") {
      starts.push(out.length);
      places.push({ from, to });
      out += by;
    }
    copied = to;
  }
  keep(text.length);
  return {
    text: out,
    place(unit) {
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((starts[middle] as number) <= unit) low = middle + 1;
        else high = middle;
      }
      const { from, to } = places[low - 1] ?? { from: 0, to: -1 };
      const at = from + unit - (starts[low - 1] ?? 0);
      return to < 0 ? { from: at, to: at + 1 } : { from, to };
    },
  };
}
