import type { IncomingHttpHeaders } from "node:http";
import type { HoldfastError } from "../../core/errors.ts";
import type { Principal } from "../../core/request.ts";
import { authenticate, type KeyCheck } from "../http/authenticate.ts";
import { Refusal } from "../http/refusal.ts";

/** Who comes in at one address of the proxy, and until when. */
export interface Door {
  who(headers: IncomingHttpHeaders): Principal | Promise<Principal>;
  /** Calls `end` once when whoever came in may go on no longer. Returns how to stop watching. */
  watch(principal: Principal, end: (why: HoldfastError | undefined) => void): () => void;
}

// Longer than any key with a name before it.
const MOST = 1_024;

/** An address that anybody can reach: who comes in shows a key. */
export function keyedDoor(keys: KeyCheck): Door {
  return {
    who: (headers) => authenticate({ authorization: `Bearer ${shownKey(headers["proxy-authorization"])}` }, keys),
    watch: ({ capability = "" }, end) => keys.watch(capability, end),
  };
}

/** As clients write it: `Bearer hf_…`, or `Basic` with the key as password (`http://agent:hf_…@proxy`) or as name (`http://hf_…@proxy`). */
function shownKey(header: string | undefined): string {
  const [, scheme = "", value = ""] = /^(Bearer|Basic) +([A-Za-z0-9+/=_.~-]+) *$/i.exec((header ?? "").slice(0, MOST)) ?? [];
  if (scheme.toLowerCase() === "bearer") return value;
  const [name = "", ...rest] = Buffer.from(value, "base64").toString("latin1").split(":");
  const password = rest.join(":");
  const key = password === "" ? name : password;
  if (scheme === "" || !/^[\x21-\x7e]+$/.test(key)) throw new Refusal(407, "unauthenticated", MISSING, ASKED);
  return key;
}

const MISSING = "a Holdfast key is missing: set the proxy to `http://agent:hf_…@127.0.0.1:8790`, or send `Proxy-Authorization: Bearer hf_…`";
const ASKED = { "proxy-authenticate": 'Basic realm="holdfast"' };

/** A proxy does not ask for what a server asks for. */
export function asProxy(refusal: Refusal): Refusal {
  return refusal.status === 401 ? new Refusal(407, refusal.code, refusal.message, ASKED) : refusal;
}
