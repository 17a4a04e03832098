/** The files of the tree, and what their syntax trees say: the one place where the repository reads itself. */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { ROOT } from "./root.ts";

/** One text file; `path` is relative to the root, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** Erased before it runs: `import type`, or only `type` names inside the braces. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A node of an ESTree tree, of which only what is looked at is known. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const NOT_OURS = new Set(["node_modules", ".git", "dist", "data", "coverage", ".cache"]);
const TEXT = new Set([".ts", ".tsx", ".js", ".mjs", ".json", ".jsonl", ".md", ".yaml", ".yml", ".css", ".html", ".sh", ""]);

/** Every text file below `folder`, sorted by path. */
export function readTree(folder: string = ROOT): readonly Source[] {
  const found: Source[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = posix.join(at, entry.name);
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) walk(path);
      // In a second work tree `.git` is a file.
      else if (entry.isFile() && entry.name !== ".git" && TEXT.has(extname(entry.name))) found.push({ path, text: readFileSync(join(folder, path), "utf8") });
    }
  };
  walk("");
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export const isCode = ({ path }: Source): boolean => /\.tsx?$/.test(path);
/** A test of the fast run (`.test.ts`), of a lane (`.lane.ts`), or a kit that tests call (`.conformance.ts`). */
export const isTest = ({ path }: Source): boolean => /\.(test|lane|conformance)\.tsx?$/.test(path);

/** The syntax tree. Throws, with the path, on what is not TypeScript. */
export function parse({ path, text }: Source): Node {
  try {
    return parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }) as unknown as Node;
  } catch (cause) {
    throw new Error(`cannot parse \`${path}\``, { cause });
  }
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export function importsOf(source: Source): readonly Import[] {
  const imports: Import[] = [];
  visit(parse(source), (node) => {
    const literal = node["source"];
    if (!/^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ImportExpression|TSImportType)$/.test(node.type) || !isNode(literal)) return;
    // A computed import cannot be checked, so it stands in the list under a name that no table allows.
    const from = typeof literal["value"] === "string" ? literal["value"] : "(computed)";
    imports.push({ from, typeOnly: erased(node), line: lineOf(source.text, node.start) });
  });
  return imports;
}

/** Names that the file itself declares: variables, functions, parameters, classes, types, members. What others named is not listed. */
export function declaredNames(source: Source): readonly string[] {
  const names: string[] = [];
  const add = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === "Identifier") names.push(String(node["name"]));
    else if (node.type === "AssignmentPattern") add(node["left"]);
    else if (node.type === "RestElement") add(node["argument"]);
  };
  visit(parse(source), (node) => {
    if (/^(VariableDeclarator|FunctionDeclaration|ClassDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration)$/.test(node.type)) add(node["id"]);
    if (/^(TSPropertySignature|TSMethodSignature|MethodDefinition|PropertyDefinition)$/.test(node.type)) add(node["key"]);
    if (Array.isArray(node["params"])) node["params"].forEach(add);
  });
  return names;
}

/** Walks the tree from the outside in; `around` holds the nodes outside this one, the outermost first. */
export function visit(node: Node, see: (node: Node, around: readonly Node[]) => void, around: readonly Node[] = []): void {
  see(node, around);
  const inside = [...around, node];
  for (const key in node) {
    const value = node[key];
    if (Array.isArray(value)) for (const item of value) isNode(item) && visit(item, see, inside);
    else if (isNode(value)) visit(value, see, inside);
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function erased(node: Node): boolean {
  if (node.type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const names = node["specifiers"];
  return Array.isArray(names) && names.length > 0 && names.every((name: Node) => name["importKind"] === "type" || name["exportKind"] === "type");
}
