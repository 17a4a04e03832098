import { isAbsolute, join, normalize } from "node:path";
import { type Line, line } from "./line.ts";

export interface Places {
  /** From where relative paths are seen. */
  readonly cwd: string;
  readonly home: string;
  /** Where a path leads: what a link hides is what is allowed, or denied. */
  readonly real: (path: string) => string;
}

export interface Lists {
  readonly denyRead: readonly string[];
  readonly allowRead: readonly string[];
  readonly allowWrite: readonly string[];
  readonly denyWrite: readonly string[];
  /** Files of credentials that must not be read. */
  readonly secret: readonly string[];
}

export interface Paths {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly lines: readonly Line[];
}

/** What a sandbox of ours always sees, and what it has of its own. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ssl/certs", "/etc/alternatives", "/etc/ca-certificates/extracted"];
const OWN = ["/tmp", "/work", "/proc", "/dev"];

const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);
const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
/** As far as it is no pattern: all that it may match lies in there. */
const root = (path: string): string => (isGlob(path) ? path.slice(0, path.slice(0, path.search(/[*?[\]{}]/)).lastIndexOf("/")) || "/" : path);

function absolute(path: string, { cwd, home, real }: Places): string {
  const expanded = path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
  const whole = normalize(isAbsolute(expanded) ? expanded : join(cwd, expanded));
  const clean = whole === "/" ? whole : whole.replace(/\/+$/, "");
  return isGlob(clean) ? clean : real(clean);
}

/**
 * What is open there is closed here, so what may be read is what is named. INVARIANT: nothing that is denied there lies in what is named here;
 * a mount has no holes, so where something is to be left out of it, it is refused.
 */
export function pathsOf(given: Lists, places: Places): Paths {
  const lines: Line[] = [];
  const named = (list: "allowRead" | "allowWrite", kind: string): string[] =>
    given[list].flatMap((text, index) => {
      const at = `filesystem.${list}[${index}]`;
      const path = absolute(text, places);
      if (isGlob(path)) lines.push(line(at, "refused", "a pattern of paths has no form here; name the folder"));
      else if (path === "/") lines.push(line(at, "refused", "it would be the whole machine; name what is meant"));
      else if (OWN.some((own) => within(path, own))) lines.push(line(at, "tighter", "not taken over: a sandbox has this of its own, and empty"));
      else if (list === "allowRead" && SYSTEM.some((system) => within(path, system))) lines.push(line(at, "kept", "it is always there"));
      else {
        lines.push(line(at, "kept", `\`${kind}\`: \`${path}\``));
        return [path];
      }
      return [];
    });
  const read = named("allowRead", "read");
  let write = named("allowWrite", "write");

  for (const [index, text] of given.denyWrite.entries()) {
    const at = `filesystem.denyWrite[${index}]`;
    const [path, before] = [absolute(text, places), write];
    const holes = isGlob(path)
      ? write.filter((one) => within(one, root(path)) || within(root(path), one))
      : write.filter((one) => one !== path && within(path, one));
    if (holes.length > 0) {
      lines.push(line(at, "refused", `it lies, or may lie, in \`${holes[0]}\`, which may be written; name narrower folders there`));
      continue;
    }
    write = write.filter((one) => !within(one, path));
    lines.push(line(at, "kept", before.length === write.length ? "nothing else may be written" : "what it takes away is not named"));
  }

  const deny = (at: string, text: string): Line => {
    const path = absolute(text, places);
    // A pattern that begins with one is meant anywhere.
    const from = text.startsWith("*") ? "/" : root(path);
    // Where the same is allowed again, that is what holds.
    const isOpen = (one: string): boolean => (isGlob(path) ? within(from, one) || within(one, from) : one !== path && within(path, one));
    const hole = [...read, ...write].find(isOpen) ?? SYSTEM.find((one) => within(from, one));
    if (hole !== undefined) return line(at, "refused", `it lies, or may lie, in \`${hole}\`, which may be read; name narrower folders there`);
    // What may be written may be read here; there it may not, unless it is allowed again.
    const bare = write.find((one) => within(one, path) && !read.some((again) => within(one, again)));
    return bare === undefined ? line(at, "kept", "it is not there") : line(at, "refused", `\`${bare}\` may be written and not read, which has no form here`);
  };
  lines.push(...given.denyRead.map((text, index) => deny(`filesystem.denyRead[${index}]`, text)));
  lines.push(...given.secret.map((text, index) => deny(`credentials.files[${index}]`, text)));
  lines.push(line("filesystem", "tighter", "there everything may be read that is not denied; here nothing but the system's programs and what is named"));
  if (write.length > 0)
    lines.push(
      line(
        "filesystem.allowWrite",
        "less",
        "there, what programs start by themselves (`.git/hooks`, `.bashrc`, `.mcp.json`, `.vscode` …) cannot be changed even where writing is allowed; here it can",
      ),
    );
  return { read: read.filter((one) => !write.some((other) => within(one, other))), write, lines };
}
