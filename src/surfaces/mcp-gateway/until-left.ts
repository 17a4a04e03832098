import { HoldfastError } from "../../core/errors.ts";

/** Whoever listened and leaves has heard what there was: that is the end, not a failure. Every other reason stays one. */
export function untilLeft(signal: AbortSignal): { readonly left: AbortSignal; readonly signal: AbortSignal } {
  const [leaving, breaking] = [new AbortController(), new AbortController()];
  const end = (): void => {
    const { reason } = signal;
    (reason instanceof HoldfastError && reason.code === "cancelled" ? leaving : breaking).abort(reason);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return { left: leaving.signal, signal: breaking.signal };
}

export const gone = (left: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (left.aborted) resolve();
    else left.addEventListener("abort", () => resolve(), { once: true });
  });
