import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export interface File {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly type: string;
  /** Weak, because the compressed form carries the same one. */
  readonly etag: string;
  /** Its name holds a hash of its content, so it never changes under that name. */
  readonly immutable: boolean;
  /** Compressed once, when first asked for. */
  gzipped(): Promise<Buffer<ArrayBuffer>>;
}

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Reads a built console into memory, by URL path. Nothing is read from disk afterwards, so no request can name a file. A file of an
 * unknown type is left out; an absent folder gives an empty map.
 */
export function readFiles(folder: string): ReadonlyMap<string, File> {
  const files = new Map<string, File>();
  for (const name of namesIn(folder)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(folder, name));
    const path = `/${name.split(sep).join("/")}`;
    files.set(path, file(path, type, bytes));
  }
  return files;
}

function file(path: string, type: string, bytes: Buffer<ArrayBuffer>): File {
  let compressed: Promise<Buffer<ArrayBuffer>> | undefined;
  return {
    bytes,
    type,
    etag: `W/"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`,
    immutable: path.startsWith("/assets/"),
    gzipped: () => {
      compressed ??= promisify(gzip)(bytes);
      return compressed;
    },
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
