import { HoldfastError } from "../../core/errors.ts";
import type { Names } from "./sanity.ts";
import { loopbackNames } from "./sanity.ts";

/** Where to listen, as configuration says it: `127.0.0.1:8787`, `[::1]:8787`, `localhost:8787`. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

export function parseListen(text: string): Listen {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new HoldfastError("configuration", "`listen` must be an address and a port, such as `127.0.0.1:8787`");
  return { host: (match[1] as string).replace(/^\[|\]$/g, ""), port };
}

/**
 * Refuses to listen where others on the network could reach us without showing who they are. Called before anything listens.
 * `what` is the configuration's name for the address; `keys` how many keys exist.
 */
export function checkBind(listen: Listen, what: "server.listen" | "server.admin" | "egress.listen", keys: number): void {
  if (isLoopback(listen.host)) return;
  const where = `\`${what}\` is \`${listen.host}:${listen.port}\`, which other machines can reach`;
  if (what === "server.admin") {
    throw new HoldfastError(
      "configuration",
      `${where}; the admin address asks for no key, so it only listens on loopback: set it to \`127.0.0.1:${listen.port}\` and reach it through a tunnel`,
    );
  }
  if (keys === 0) {
    throw new HoldfastError(
      "configuration",
      `${where}, and there is no key yet: start once on \`127.0.0.1:${listen.port}\` to make one (or \`holdfast keys mint\`), then change the address`,
    );
  }
}

/** The names a server on this address goes by: loopback names always, and what configuration adds (`holdfast.example.org`). */
export function namesFor(listen: Listen, extra: readonly string[] = []): (port: number) => Names {
  return (port) => {
    const local = loopbackNames(port);
    const own = [...extra, ...(isLoopback(listen.host) || isWildcard(listen.host) ? [] : [listen.host.includes(":") ? `[${listen.host}]` : listen.host])].map(
      (name) => name.toLowerCase(),
    );
    return {
      hosts: [...local.hosts, ...own],
      origins: [...local.origins, ...own.flatMap((name) => [`http://${name}:${port}`, `https://${name}`])],
    };
  };
}

/** True for an address that only this machine can reach. A name other than `localhost` may resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";
