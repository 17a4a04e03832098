import { isObject } from "../core/json.ts";
import { readJson } from "./json.ts";

/** Wakes whoever waits for the answer to a question. */
export interface Bell {
  ring(ticket: string): void;
  listen(ticket: string): Listening;
}
export interface Listening {
  /** Resolves after `ms`, or once it was rung since the last pause. Rejects with the signal's reason. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>;
  end(): void;
}

export function createBell(): Bell {
  const listening = new Map<string, Set<() => void>>();
  return {
    ring(ticket) {
      for (const hear of [...(listening.get(ticket) ?? [])]) hear();
    },
    listen(ticket) {
      let rung = false;
      let wake = (): void => {};
      const hear = (): void => {
        rung = true;
        wake();
      };
      const all = listening.get(ticket) ?? new Set();
      listening.set(ticket, all.add(hear));
      return {
        pause: (ms, signal) =>
          new Promise((resolve, reject) => {
            const over = (end: () => void): void => {
              clearTimeout(timer);
              signal?.removeEventListener("abort", left);
              [rung, wake] = [false, () => {}];
              end();
            };
            const left = (): void => over(() => reject(signal?.reason));
            wake = () => over(resolve);
            const timer = setTimeout(wake, ms);
            signal?.addEventListener("abort", left, { once: true });
            if (signal?.aborted === true) left();
            else if (rung) wake();
          }),
        end() {
          all.delete(hear);
          if (all.size === 0 && listening.get(ticket) === all) listening.delete(ticket);
        },
      };
    },
  };
}

/** Headers as `fetch` has them, or as a server of Node hands them out. */
export type CallbackHeaders = { get(name: string): string | null } | { readonly [name: string]: string | readonly string[] | undefined };

/** What clocks may differ by; older messages are somebody's copies. */
const TOLERANCE_S = 300;

/** The ticket of a message that Holdfast signed with this secret (standardwebhooks.com), just now; undefined for every other. */
export async function ticketRung(secret: string, headers: CallbackHeaders, body: string): Promise<string | undefined> {
  const header = (name: string): string => {
    const value = typeof headers.get === "function" ? headers.get(name) : (headers as { readonly [name: string]: unknown })[name];
    return typeof value === "string" ? value : "";
  };
  const [id, timestamp] = [header("webhook-id"), header("webhook-timestamp")];
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return undefined;
  const text = new TextEncoder();
  const bytes = secret.startsWith("whsec_") ? bytesOf(secret.slice(6)) : text.encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  for (const one of header("webhook-signature").split(" ").slice(0, 5)) {
    const signature = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)?.[1];
    if (signature === undefined || !(await crypto.subtle.verify("HMAC", key, bytesOf(signature), text.encode(`${id}.${timestamp}.${body}`)))) continue;
    const said = readJson(body);
    const data = isObject(said) ? said["data"] : undefined;
    const ticket = data !== undefined && isObject(data) ? data["ticket"] : undefined;
    return typeof ticket === "string" ? ticket : undefined;
  }
  return undefined;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
