import { isMap, isNode, parseDocument, stringify, type YAMLMap } from "yaml";
import { endOf, lineEnd } from "./end-of.ts";
import { hideReferences, showReferences } from "./references.ts";

/** Facts of a tool, by the names that they have under `tools.<server>.tools.<tool>`. */
export interface Confirmed {
  readonly server: string;
  readonly tool: string;
  readonly facts: { readonly [name: string]: string | boolean };
}

/**
 * The text of a configuration with these facts written into it. Every character that stands there already stays where it is: facts are put
 * between them, and one that is there is never changed. `left` are the tools for which there is no such place (their server is an alias, or is not
 * there). The text must be one that was read without a fault.
 */
export function withFacts(text: string, confirmed: readonly Confirmed[]): { readonly text: string; readonly left: readonly Confirmed[] } {
  let now = hideReferences(text) ?? text;
  const left: Confirmed[] = [];
  for (const one of confirmed) {
    const next = withTool(now, one);
    if (next === undefined) left.push(one);
    else now = next;
  }
  return { text: showReferences(now), left };
}

function withTool(text: string, { server, tool, facts }: Confirmed): string | undefined {
  let next: string | undefined = text;
  const known = mapAt(text, ["tools", server, "tools", tool]);
  if (known === undefined) {
    const tools = mapAt(text, ["tools", server, "tools"]);
    if (tools !== undefined) return put(text, tools, tool, facts);
    const owner = mapAt(text, ["tools", server]);
    return owner === undefined || owner.has("tools") ? undefined : put(text, owner, "tools", { [tool]: facts });
  }
  for (const [name, value] of Object.entries(facts)) {
    const map = next === undefined ? undefined : mapAt(next, ["tools", server, "tools", tool]);
    if (next === undefined || map === undefined) return undefined;
    if (!map.has(name)) next = put(next, map, name, value);
  }
  return next;
}

/** The map at a path, where one stands there itself; an alias is none, for what it names stands elsewhere. */
function mapAt(text: string, path: readonly string[]): YAMLMap | undefined {
  let node: unknown = parseDocument(text).contents;
  for (const step of path) node = isMap(node) ? node.get(step, true) : undefined;
  return isMap(node) ? node : undefined;
}

/** Behind the last entry of a map: on a line of its own, or before the brace. Undefined for an empty map that is not written in braces. */
export function put(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  const entry = stringify({ [key]: value }, { collectionStyle: "flow", lineWidth: 0 })
    .trim()
    .slice(1, -1)
    .trim();
  const last = map.items.at(-1);
  if (map.flow === true) {
    const brace = (map.range?.[1] ?? 0) - 1;
    const end = last === undefined ? brace : endOf(last);
    return `${text.slice(0, end)}${last === undefined ? ` ${entry} ` : `, ${entry}`}${text.slice(end)}`;
  }
  const first = map.items[0];
  if (last === undefined || first === undefined || !isNode(first.key)) return undefined;
  const begin = first.key.range?.[0] ?? 0;
  // In a list the first key stands behind a dash.
  const indent = text.slice(text.lastIndexOf("\n", begin - 1) + 1, begin).replace(/\S/g, " ");
  const end = lineEnd(text, last);
  return `${text.slice(0, end)}\n${indent}${entry}${text.slice(end)}`;
}
