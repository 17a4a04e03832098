import { Resolver } from "node:dns/promises";
import { bytesOf } from "../../core/address.ts";

/** Every address that a name has; none where it has none or nobody answers in time. Never rejects. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Of one name; more is no host that an agent needs. */
const MOST = 16;
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks name servers: `servers`, or those of the machine. INVARIANT: not the system's own look-up, which takes `0x7f.1` for an address, reads
 * the hosts file (where the machine's own names stand), and waits in the threads in which the log is written.
 */
export function resolver(servers: readonly string[] = []): Resolve {
  const asked = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) asked.setServers(servers);
  return async (name) => {
    // The dot says that the name is whole: no search list of the machine's is put behind it.
    const found = await Promise.all([asked.resolve4(`${name}.`), asked.resolve6(`${name}.`)].map((answer) => answer.catch((): string[] => [])));
    // More than we look at would be a way to hide one.
    const all = [...new Set(found.flat())];
    return all.length > MOST ? [] : all.sort(byFamily);
  };
}

/** IPv4 first: where there is IPv6, IPv4 works too, and not the other way round. The rest of the order is the name server's. */
const byFamily = (a: string, b: string): number => (bytesOf(a)?.length ?? 0) - (bytesOf(b)?.length ?? 0);
