import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { PLACE } from "../../core/places.ts";

/** A request that undoes an effect, with names in braces where values go. The operator wrote it; headers, which may be secret, stand in the configuration only. */
export interface HttpUndo {
  readonly method: string;
  /** `https://host/path?query`; names stand behind the host only. */
  readonly url: string;
  /** A text that is one name in braces becomes the value itself; in any other text the value is written out. */
  readonly body?: Json;
  /** The header that tells the server that it is the same request again. With it what nobody saw the end of may be tried again. */
  readonly idempotency?: string;
}

/** The request as it will be sent, whole: nothing of it is worked out later. */
export interface HttpRequest extends JsonObject {
  readonly method: string;
  readonly url: string;
}

/** A text that is a name in braces and nothing else. */
const WHOLE = /^\{([A-Za-z0-9_-]{1,100})\}$/;
/** The longest value in an address. */
const LONGEST = 1_000;

/** Puts the values in. `why` says what cannot be; then nothing is guessed. */
export function filledIn({ method, url, body }: HttpUndo, values: JsonObject): HttpRequest | { readonly why: string } {
  let wrong: string | undefined;
  const address = url.replace(PLACE, (_place, name: string) => {
    const text = textOf(values[name]);
    // An empty name, or one that leads upward, would be another address: `/orders/` is all orders.
    if (text === undefined || text === "" || text === "." || text === ".." || text.length > LONGEST || !text.isWellFormed()) wrong ??= name;
    return text === undefined || !text.isWellFormed() ? "" : encodeURIComponent(text).replaceAll("'", "%27");
  });
  if (wrong !== undefined) return { why: `the value for \`${wrong}\` cannot stand in an address` };
  // INVARIANT: the values moved nothing but what stands in their places.
  if (!URL.canParse(address) || new URL(address).href !== address) return { why: "the address would not be the one that the configuration says" };
  const fill = (value: Json): Json => {
    if (typeof value === "string") {
      const [, only] = WHOLE.exec(value) ?? [];
      if (only !== undefined) return values[only] as Json;
      return value.replace(PLACE, (_place, name: string) => {
        const text = textOf(values[name]);
        if (text === undefined) wrong ??= name;
        return text ?? "";
      });
    }
    if (isArray(value)) return value.map(fill);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item)])) : value;
  };
  const filled = body === undefined ? undefined : fill(body);
  if (wrong !== undefined) return { why: `the value for \`${wrong}\` is none that can be written into a text` };
  return { method, url: address, ...(filled === undefined ? {} : { body: filled }) };
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
