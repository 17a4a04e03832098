import { HoldfastError } from "../core/errors.ts";

/** The name of a channel is its kind and the choice or block it belongs to: `text/0`. Our own readers made it, so anything else is our bug. */
export function channelOf(name: string): { readonly kind: string; readonly at: number } {
  const slash = name.indexOf("/");
  const at = Number(name.slice(slash + 1));
  if (slash < 1 || !Number.isSafeInteger(at)) throw new HoldfastError("internal", "unknown channel");
  return { kind: name.slice(0, slash), at };
}
