import type { Attached } from "./attached.ts";
import { lines } from "./lines.ts";
import type { Given, Program } from "./program.ts";

/** What the gateway tells the runner. */
export type Order =
  | ({ readonly do: "start"; readonly id: number } & Program)
  /** Runs it to its end; what it wrote comes back whole, and where it `tells`, in pieces before that. */
  | ({ readonly do: "run"; readonly id: number; readonly given: Given; readonly tells: boolean } & Program)
  | { readonly do: "line"; readonly id: number; readonly text: string }
  | { readonly do: "end"; readonly id: number; readonly now?: boolean }
  /** Whether it is still there. */
  | { readonly do: "answer"; readonly id: 0 };

/** What the runner tells the gateway. */
export type News =
  | { readonly is: "started"; readonly id: number; readonly pid: number }
  | { readonly is: "here"; readonly id: 0 }
  | { readonly is: "ran"; readonly id: number; readonly ran: Attached }
  | { readonly is: "unstartable" | "line" | "said" | "wrote" | "ended"; readonly id: number; readonly text: string };

/** A frame is one line of JSON. Both ends are ours, so one that is not is a fault of ours, and everything stops. */
export const frame = (one: Order | News): string => `${JSON.stringify(one)}\n`;

const LONGEST_FRAME = 128 << 20;

export function frames(take: (frame: never) => void, broken: () => void): (chunk: Buffer) => void {
  const line = (text: string): void => {
    const one = parsed(text);
    if (typeof one !== "object" || one === null || !("id" in one) || !Number.isSafeInteger(one.id)) broken();
    else take(one as never);
  };
  return lines({ most: LONGEST_FRAME, line, broken, strict: true });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
