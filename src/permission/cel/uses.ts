import type { ASTNode } from "@marcbachmann/cel-js";

/**
 * What of a request a condition looks at: `args.to`, `principal.user`, `act.money`. Where a name is only known once it is evaluated (`args[x]`,
 * `args.all(…)`) it is the whole variable. It errs on the side of more.
 */
export function usesOf(ast: ASTNode): readonly string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const child of node) walk(child);
    if (!isNode(node)) return;
    const member = memberOf(node);
    if (member !== undefined) found.add(member);
    else if (node.op === "id") found.add(node.args);
    else walk(node.args);
  };
  walk(ast);
  return [...found];
}

/** `args.to` and `args["to"]`; undefined for everything else. */
function memberOf(node: ASTNode): string | undefined {
  if (node.op !== "." && node.op !== "[]") return undefined;
  const [of, key] = node.args;
  if (of.op !== "id") return undefined;
  if (typeof key === "string") return `${of.args}.${key}`;
  return key.op === "value" && typeof key.args === "string" ? `${of.args}.${key.args}` : undefined;
}

const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value;
