/**
 * `${env:NAME}`, `${file:/path}` and `${vault:path#key}` in values. They are written without quotes everywhere, also inside `{ … }`,
 * where YAML would read their braces as its own: so before parsing, braces and commas of a reference are exchanged for private-use
 * characters of the same length (positions stay true), and afterwards they are put back.
 */
const REFERENCE = /\$\{(?:env|file|vault):[^{}\n]{0,512}\}/g;
const STAND_INS: readonly (readonly [string, string])[] = [
  ["{", "\uE000"],
  ["}", "\uE001"],
  [",", "\uE002"],
  ["[", "\uE003"],
  ["]", "\uE004"],
];

const HOW = `write \`\${env:NAME}\` or \`\${file:/path}\``;

/** The text with its references hidden from YAML, or undefined when it already holds one of the stand-ins. */
export function hideReferences(text: string): string | undefined {
  if (/[\uE000-\uE004]/.test(text)) return undefined;
  return text.replace(REFERENCE, (reference) => STAND_INS.reduce((changed, [real, standIn]) => changed.replaceAll(real, standIn), reference));
}

export function showReferences(text: string): string {
  if (!/[\uE000-\uE004]/.test(text)) return text;
  return STAND_INS.reduce((changed, [real, standIn]) => changed.replaceAll(standIn, real), text);
}

/** The path of the first string of `value` that a reload would look for references in; undefined where there is none. */
export function referenceIn(value: unknown, path: readonly (string | number)[] = []): readonly (string | number)[] | undefined {
  if (typeof value === "string") return value.includes("${") ? path : undefined;
  const entries: Iterable<readonly [string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value ?? {});
  for (const [key, item] of entries) {
    const found = referenceIn(item, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What references read from. A missing variable is undefined; a file that cannot be read throws. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
}

export type Resolved = {
  readonly value: unknown;
  readonly missing: readonly { readonly path: readonly (string | number)[]; readonly message: string; readonly hint?: string }[];
};

/**
 * Replaces every reference in every string of `value`. A reference that leads nowhere is reported with its path, never replaced by
 * an empty text: an empty credential or allow-list must not come from a typing error.
 */
export async function resolveReferences(value: unknown, sources: Sources): Promise<Resolved> {
  const missing: { path: readonly (string | number)[]; message: string; hint?: string }[] = [];
  const walk = async (node: unknown, path: readonly (string | number)[]): Promise<unknown> => {
    if (typeof node === "string") return text(node, path);
    if (Array.isArray(node)) return Promise.all(node.map((item, index) => walk(item, [...path, index])));
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(await Promise.all(Object.entries(node).map(async ([key, item]) => [key, await walk(item, [...path, key])] as const)));
  };
  const text = async (written: string, path: readonly (string | number)[]): Promise<string> => {
    // One pass: what a reference brings in is never read for references again.
    const pieces: string[] = [];
    let end = 0;
    for (const { 0: reference, index } of written.matchAll(REFERENCE)) {
      pieces.push(written.slice(end, index), (await one(reference.slice(2, -1), path)) ?? "");
      end = index + reference.length;
    }
    if (/\$\{/.test(written.replace(REFERENCE, ""))) missing.push({ path, message: "a reference that is not understood", hint: HOW });
    return pieces.join("") + written.slice(end);
  };
  const one = async (reference: string, path: readonly (string | number)[]): Promise<string | undefined> => {
    const kind = reference.slice(0, reference.indexOf(":"));
    const name = reference.slice(kind.length + 1);
    if (kind === "env") {
      const value = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
      if (value === undefined || value === "") missing.push({ path, message: `the environment variable \`${name}\` is not set` });
      return value;
    }
    if (kind === "file") {
      try {
        // Files with secrets end in a line break that is not part of them.
        const value = (await sources.readFile(name)).replace(/\r?\n$/, "");
        if (value === "") missing.push({ path, message: `the file \`${name}\` is empty` });
        return value;
      } catch {
        missing.push({ path, message: `the file \`${name}\` cannot be read` });
        return undefined;
      }
    }
    missing.push({ path, message: "references to a vault are not available yet", hint: HOW });
    return undefined;
  };
  return { value: await walk(value, []), missing };
}
