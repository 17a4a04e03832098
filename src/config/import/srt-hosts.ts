import { isAddress, isNever, parseRange, standingOf } from "../../core/address.ts";
import { isHostName } from "../../core/host-name.ts";
import { type Line, line } from "./line.ts";

/** An entry of `allow_hosts`. */
export interface Host {
  readonly host: string;
  readonly ports: readonly number[];
  readonly addresses?: readonly string[];
}

interface Pattern {
  readonly host: string;
  readonly port?: number;
}

/** What an entry without a port means there: every one. Here it means these. */
const USUAL = [80, 443];

/** `example.com`, `*.example.com:8443`, `[::1]:443`; undefined for what is none. */
function read(text: string): Pattern | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/@\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  if (host === undefined || (bracketed !== undefined && !isAddress(host))) return undefined;
  if (port === undefined) return { host };
  return Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

/** The hosts that both lists together allow. A denied one that lies within an allowed one, and not over it, has no form here. */
export function hostsOf(allowed: readonly string[], denied: readonly string[]): { readonly hosts: readonly Host[]; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const hosts: (Host & { readonly at: string })[] = [];
  for (const [index, text] of allowed.entries()) {
    const at = `network.allowedDomains[${index}]`;
    const made = allow(at, text);
    lines.push(made.line);
    if (made.host !== undefined) hosts.push({ ...made.host, at });
  }
  let left = hosts;
  for (const [index, text] of denied.entries()) {
    const made = deny(`network.deniedDomains[${index}]`, text, left);
    lines.push(made.line);
    left = made.left;
  }
  return { hosts: left.map(({ at: _, ...host }) => host), lines };
}

function allow(at: string, text: string): { readonly host?: Host; readonly line: Line } {
  const pattern = read(text);
  if (pattern === undefined || !(isAddress(pattern.host) || isHostName(pattern.host.replace(/^\*\./, ""))))
    return { line: line(at, "refused", `\`${text}\` is no host`) };
  const { host, port } = pattern;
  if (/^\*\.[^.]*$/.test(host)) return { line: line(at, "refused", `\`${text}\` is too wide`) };
  const ports = port === undefined ? USUAL : [port];
  const and = "a name that leads to private addresses needs them under `addresses`";
  if (host === "localhost")
    return {
      line: line(at, "tighter", "not taken over: loopback in a sandbox is its own; write the port and `addresses: [127.0.0.1]` if you mean the machine's"),
    };
  if (isAddress(host)) {
    const standing = standingOf(host);
    if (!standing.ok && standing.never) return { line: line(at, "tighter", "not taken over: nothing opens this address") };
    const entry = { host, ports, ...(standing.ok ? {} : { addresses: [host] }) };
    return { host: entry, line: port === undefined ? line(at, "tighter", "ports 80 and 443; it meant every one") : line(at, "kept", "this address and port") };
  }
  return { host: { host, ports }, line: line(at, "tighter", port === undefined ? `ports 80 and 443, it meant every one; ${and}` : and) };
}

const covers = (outer: string, inner: string): boolean =>
  outer === "*" ||
  outer === inner ||
  (outer.startsWith("*.") && !isAddress(inner) && inner.replace(/^\*\./, ".").endsWith(outer.slice(1)) && inner !== outer.slice(2));

function deny<Entry extends Host>(at: string, text: string, hosts: Entry[]): { readonly left: Entry[]; readonly line: Line } {
  const pattern = read(text);
  if (pattern === undefined || !(pattern.host === "*" || isAddress(pattern.host) || isHostName(pattern.host.replace(/^\*\./, ""))))
    return { left: hosts, line: line(at, "refused", `\`${text}\` is no host`) };
  const concerned = ({ ports }: Host): boolean => pattern.port === undefined || ports.includes(pattern.port);
  // A denied address also says where allowed names may not lead; what is not public they do not, unless an entry says so.
  if (isAddress(pattern.host) && standingOf(pattern.host).ok && hosts.some((one) => !isAddress(one.host) && concerned(one)))
    return {
      left: hosts,
      line: line(at, "refused", "a name that is allowed may lead to this address, and a list of hosts cannot say that it must not; write a rule with `deny`"),
    };
  const within = hosts.find((one) => concerned(one) && !covers(pattern.host, one.host) && covers(one.host, pattern.host));
  if (within !== undefined)
    return {
      left: hosts,
      line: line(at, "refused", `\`${within.host}\` is allowed and this lies in it; a list of hosts cannot leave it out; write a rule with \`deny\``),
    };
  const left = hosts.flatMap((one) => {
    if (!concerned(one) || !covers(pattern.host, one.host)) return [one];
    const ports = pattern.port === undefined ? [] : one.ports.filter((port) => port !== pattern.port);
    return ports.length === 0 ? [] : [{ ...one, ports }];
  });
  return { left, line: line(at, "kept", "nothing that is allowed leads there") };
}

/** Ranges that allowed names must not lead to: those that are not public they never do here. */
export function deniedRanges(ranges: readonly string[], anyName: boolean): readonly Line[] {
  return ranges.map((text, index) => {
    const at = `network.deniedResolvedAddresses[${index}]`;
    const range = parseRange(text);
    if (range === undefined) return line(at, "refused", `\`${text}\` is no range`);
    if (!anyName || isNever(range) || PRIVATE.some((one) => inside(range, one))) return line(at, "kept", "no name leads there");
    return line(at, "refused", "a name that is allowed may lead there, and a list of hosts cannot say that it must not; write a rule with `deny`");
  });
}

const PRIVATE = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
]
  .map(parseRange)
  .filter((one) => one !== undefined);

type Parsed = (typeof PRIVATE)[number];
const inside = (inner: Parsed, outer: Parsed): boolean =>
  inner.bytes.length === outer.bytes.length && inner.bits >= outer.bits && bitsOf(inner).slice(0, outer.bits) === bitsOf(outer).slice(0, outer.bits);
const bitsOf = ({ bytes }: Parsed): string => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
