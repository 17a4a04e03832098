import { z } from "zod";
import { isAddress, isNever, parseRange } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isHostName } from "../../core/host-name.ts";
import { address, duration, size } from "./values.ts";

const host = z
  .string()
  .refine(
    (text) => text === "*" || isAddress(text) || isHostName(text.replace(/^\*\./, "")),
    "a host is a name in lower case such as `api.example.com`, `*.example.com` for all names below it, an address, or `*` for every public name",
  );

const NO_PORT = "a port is a whole number from 1 to 65535";

export const range = z
  .string()
  .refine((text) => parseRange(text) !== undefined, "expected an address or a range such as `10.1.2.0/24`, with no bit set behind its prefix")
  .refine((text) => {
    const parsed = parseRange(text);
    return parsed === undefined || !isNever(parsed);
  }, "nothing opens this range: it is where machines keep their credentials, or it is no place to connect to");

/** Methods that the proxy sees. `CONNECT` opens a tunnel, in which it sees none. */
const METHODS = ["CONNECT", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

const entry = z
  .preprocess(
    (given) => (typeof given === "string" ? { host: given } : given),
    z.strictObject({
      host: host.describe("A name, `*.name` for all names below it, an address, or `*` for every public name."),
      ports: z
        .array(z.int(NO_PORT).min(1, NO_PORT).max(65_535, NO_PORT))
        .min(1, "name at least one port")
        .prefault([80, 443])
        .describe("The ports that may be reached."),
      methods: z
        .array(z.enum(METHODS))
        .min(1, "name at least one method, or leave it out for all")
        .exactOptional()
        .describe("Left out: all. `CONNECT` is what opens a tunnel; what is asked inside one cannot be seen, so without it nothing is reached over TLS."),
      addresses: z
        .array(range)
        .prefault([])
        .describe("Ranges that the name may lead to although they are not public. Without this no private address is reached, whatever the name."),
      tls: z.boolean().prefault(true).describe("Whether a tunnel must begin with TLS for this very host. `false` for what speaks something else, such as ssh."),
    }),
  )
  .describe("A host that may be reached through the egress proxy.")
  .meta({ shorthand: { type: "string" } });

export const hosts = z.array(entry).max(1_000);

/** Hosts that are named outside of a configuration file, by the same rules. */
export function readHosts(given: readonly unknown[]): z.output<typeof hosts> {
  const parsed = hosts.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new HoldfastError("configuration", parsed.error.issues[0]?.message ?? "this is no host");
}

const NO_SERVER = "expected an address such as `9.9.9.9` or `10.0.0.2:53`";

export const egress = z
  .strictObject({
    listen: address
      .exactOptional()
      .describe("Where the egress proxy is served, for `HTTPS_PROXY` and `HTTP_PROXY` of agents. Left out: nowhere, and only sandboxes have theirs."),
    resolvers: z
      .array(
        z
          .string()
          .regex(/^(?:[0-9.]{7,15}|[0-9a-fA-F:]{2,39}|\[[0-9a-fA-F:]{2,39}\]:\d{1,5}|[0-9.]{7,15}:\d{1,5})$/, { error: NO_SERVER, abort: true })
          .refine(isServer, NO_SERVER),
      )
      .max(8)
      .prefault([])
      .describe("The name servers that are asked. Empty: those of the machine. Its hosts file is never read."),
    idle: duration.refine(atLeastASecond, "at least `1s`").prefault("2m").describe("How long a connection may be silent."),
    longest: duration.refine(atLeastASecond, "at least `1s`").prefault("1h").describe("How long a connection may last in all."),
    bytes: size.prefault("1gb").describe("How much one connection may carry, both ways together."),
    connections: z.int().min(1).max(10_000).prefault(256).describe("How many connections may be open at once."),
  })
  .describe("The way out: a forward proxy that decides about every connection.");

/** One that can be asked: what cannot would fail every connection, long after the configuration was taken. */
function isServer(text: string): boolean {
  const [, bracketed, plain, port = "53"] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(text) ?? [];
  return isAddress(bracketed ?? plain ?? text) && Number(port) >= 1 && Number(port) <= 65_535;
}

function atLeastASecond(ms: number): boolean {
  return ms >= 1_000;
}
