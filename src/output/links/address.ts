/** What stands at the place of an address, read as a browser reads it. */
export interface Address {
  /** As `URL` gives it: lower case, without a port. Empty where there is an address that cannot be read. */
  readonly host: string;
  /** What could carry something, each decoded once: labels of the host, parts of the path, names and values of the query, the fragment. */
  readonly labels: readonly string[];
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly length: number;
}

const ENTITIES: { readonly [name: string]: string } = { amp: "&", colon: ":", sol: "/", bsol: "\\", period: ".", quot: '"', lowbar: "_", num: "#", quest: "?" };
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/** As Markdown and HTML read it: entities and backslashes before signs are taken away, and so is what a browser skips. */
export function unwrapped(target: string): string {
  return target
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "";
    })
    .replace(UNSEEN, "")
    .replace(/\\(?=[!-.:-@[\]^-`{-~])/g, "")
    .trim();
}

/** The address of something elsewhere; undefined where nothing leaves the page (a path, a fragment, `data:`, an anchor). */
export function addressOf(target: string): Address | undefined {
  const plain = unwrapped(target).replaceAll("\\", "/");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(plain)?.[1]?.toLowerCase();
  if (scheme === undefined ? !/^(?:\/\/|www\.)/i.test(plain) : !REMOTE.has(scheme)) return undefined;
  const parsed = URL.parse(scheme !== undefined ? plain : plain.startsWith("//") ? `https:${plain}` : `https://${plain}`);
  // What we cannot read a reader's program may still fetch.
  if (parsed === null) return { host: "", labels: [], path: [], query: [plain], length: plain.length };
  if (parsed.hostname === "" && parsed.protocol === "file:") return undefined;
  const { hostname, username, password, pathname, search, hash } = parsed;
  return {
    host: hostname,
    labels: hostname.split(".").slice(0, -2),
    path: pathname.split("/").flatMap((part) => (part === "" ? [] : [decoded(part)])),
    query: [username, password, ...search.slice(1).split(/[&;]/), hash.slice(1)].flatMap((part) => (part === "" ? [] : [decoded(part.replaceAll("+", " "))])),
    length: plain.length,
  };
}

/** What is fetched over a network. `data:`, `mailto:`, `tel:`, `cid:` and their like are not. */
const REMOTE = new Set(["http", "https", "ftp", "ws", "wss", "file", "smb"]);

function decoded(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}
