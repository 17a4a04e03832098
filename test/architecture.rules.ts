import { builtinModules } from "node:module";
import { posix } from "node:path";
import { declaredNames, importsOf, isCode, isTest, type Source } from "../scripts/sources.ts";

/** What one folder of `src/` may import. Anything not stated is forbidden. */
export interface Rule {
  /** Other folders, single files of them (`audit/store.ts`, a port), or `*`. */
  readonly may: readonly string[];
  /** Folders of which it may import types only. */
  readonly types?: readonly string[];
  /** Node built-ins. */
  readonly node: boolean;
  /** Packages: all, none, or these. */
  readonly packages: boolean | readonly string[];
}
export type Table = { readonly [folder: string]: Rule };

/** One sentence per violation, beginning with `path:line` or `path`. */
export type Violations = readonly string[];

export function importViolations(sources: readonly Source[], table: Table): Violations {
  return sources.filter(inSrc).flatMap((source) => {
    const folder = folderOf(source.path);
    const rule = table[folder];
    if (rule === undefined) return [`${source.path}: \`${folder}\` is not a folder of the import table`];
    return importsOf(source).flatMap(({ from, typeOnly, line }) => {
      const wrong = forbidden(source.path, folder, rule, from, typeOnly);
      return wrong === undefined ? [] : [`${source.path}:${line}: ${wrong}`];
    });
  });
}

function forbidden(path: string, folder: string, rule: Rule, from: string, typeOnly: boolean): string | undefined {
  if (!from.startsWith(".")) {
    if (from.startsWith("node:")) return rule.node ? undefined : `\`${folder}\` may not use Node built-ins (\`${from}\`)`;
    if (builtinModules.includes(from)) return `write \`node:${from}\``;
    const name = from.split("/", from.startsWith("@") ? 2 : 1).join("/");
    const allowed = Array.isArray(rule.packages) ? rule.packages.includes(name) : rule.packages === true && from !== "(computed)";
    return allowed ? undefined : `\`${folder}\` may not import the package \`${name}\``;
  }
  const target = posix.join(posix.dirname(path), from);
  if (!target.startsWith("src/")) return target.endsWith(".json") ? undefined : `\`${folder}\` may not import \`${target}\` from outside src`;
  if (isTest({ path: target, text: "" })) return `\`${target}\` is a test`;
  const other = folderOf(target);
  if (other === folder || [other, target.slice("src/".length), "*"].some((name) => rule.may.includes(name))) return undefined;
  if (rule.types?.includes(other) || rule.types?.includes("*")) return typeOnly ? undefined : `\`${folder}\` may import only types of \`${other}\``;
  return `\`${folder}\` may not import \`${other}\``;
}

/**
 * Rings of files of several folders that need each other when they run. Types may refer to each other, and within one folder functions
 * may: a compiler is recursive.
 */
export function cycles(sources: readonly Source[]): Violations {
  const needs = new Map<string, readonly string[]>();
  for (const source of sources.filter(inSrc)) {
    const values = importsOf(source).filter(({ from, typeOnly }) => from.startsWith(".") && !typeOnly);
    needs.set(
      source.path,
      values.map(({ from }) => posix.join(posix.dirname(source.path), from)),
    );
  }
  const [found, done] = [new Set<string>(), new Set<string>()];
  const walk = (path: string, way: readonly string[]): void => {
    const again = way.indexOf(path);
    const ring = again < 0 ? [] : way.slice(again);
    if (new Set(ring.map((one) => posix.dirname(one))).size > 1) found.add(`${path}: a ring of imports: ${[...ring, path].join(" -> ")}`);
    if (again >= 0 || done.has(path)) return;
    for (const next of needs.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of needs.keys()) walk(path, []);
  return [...found];
}

/** Words that say nothing: what it handles, helps or manages is its name. */
const EMPTY_WORDS = /^(manager|handler|helper|util|service|engine|middleware)s?$/;

export function nameViolations(sources: readonly Source[]): Violations {
  return sources.filter(isCode).flatMap((source) => {
    const inPath = words(source.path).filter((word) => EMPTY_WORDS.test(word));
    const inNames = declaredNames(source).filter((name) => words(name).some((word) => EMPTY_WORDS.test(word)));
    return [...inPath, ...new Set(inNames)].map((name) => `${source.path}: \`${name}\` uses a word that says nothing`);
  });
}

const words = (name: string): readonly string[] => name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)?.map((word) => word.toLowerCase()) ?? [];

export function lengthViolations(sources: readonly Source[], most: number, longer: { readonly [path: string]: string }): Violations {
  const long = sources.filter(isCode).filter(({ text }) => text.split("\n").length - 1 > most);
  const unexplained = long.filter(({ path }) => longer[path] === undefined).map(({ path }) => `${path}: longer than ${most} lines, without a reason`);
  const outdated = Object.keys(longer).filter((path) => !long.some((source) => source.path === path));
  return [...unexplained, ...outdated.map((path) => `${path}: stands in the list of long files and is not one`)];
}

/** What must not be left behind in any file. The words are put together here so that this file is clean. */
const LEFT_BEHIND: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b(${["TO", "FIX"].map((start, i) => start + ["DO", "ME"][i]).join("|")})\\b`), "unfinished work"],
  [new RegExp(`/${"work"}/`), "a path of one machine"],
  [/\b(?:test|it|describe|suite)\.(?:only|skip|todo)\(/, "a test that is switched off or on alone"],
];

export function leftBehind(sources: readonly Source[]): Violations {
  return sources.flatMap(({ path, text }) =>
    LEFT_BEHIND.flatMap(([pattern, what]) => {
      const line = text.split("\n").findIndex((content) => pattern.test(content));
      return line < 0 ? [] : [`${path}:${line + 1}: ${what}`];
    }),
  );
}

const inSrc = (source: Source): boolean => source.path.startsWith("src/") && isCode(source) && !isTest(source);

/** `core` of `src/core/monitor.ts`; `compose.ts` of `src/compose.ts`. */
const folderOf = (path: string): string => path.split("/")[1] ?? path;

/** The table as the rows of a Markdown table, as ARCHITECTURE.md shows it. */
export function tableRows(table: Table): readonly string[] {
  const code = (names: readonly string[]): readonly string[] => names.map((name) => `\`${name}\``);
  return Object.entries(table).map(([folder, { may, types = [], node, packages }]) => {
    const named = may.includes("*") ? ["everything"] : [...code(may), ...code(types).map((name) => `types of ${name}`)];
    const brought = typeof packages === "boolean" ? (packages ? "any" : "none") : code(packages).join(", ");
    return `| \`${folder}\` | ${named.length === 0 ? "nothing" : named.join(", ")} | ${node ? "yes" : "no"} | ${brought} |`;
  });
}
