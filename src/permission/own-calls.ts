import { blocks, grants } from "./names.ts";
import { nearest } from "./nearest.ts";
import type { PolicyConfig, Problem, ToolConfig } from "./policy-config.ts";
import type { Granted } from "./roles/resolve.ts";
import type { Agent } from "./subject.ts";

type Tools = PolicyConfig["tools"];

/** Every tool for which one of these is written, with where it stands. */
export function* toolsWith<K extends "undo" | "records">(
  tools: Tools,
  key: K,
): Generator<{ readonly server: string; readonly tool: string; readonly given: NonNullable<ToolConfig[K]>; readonly path: readonly string[] }> {
  for (const [server, { tools: listed }] of Object.entries(tools))
    for (const [tool, { [key]: given }] of Object.entries(listed))
      if (given !== undefined) yield { server, tool, given, path: ["tools", server, "tools", tool, key] };
}

/** What is written of a tool, and of its server; undefined where nothing is. */
function written(tools: Tools, id: string): { readonly server: Tools[string] | undefined; readonly tool: ToolConfig | undefined } {
  const name = id.slice(0, id.indexOf("."));
  const server = Object.hasOwn(tools, name) ? tools[name] : undefined;
  const own = id.slice(name.length + 1);
  return { server, tool: server !== undefined && Object.hasOwn(server.tools, own) ? server.tools[own] : undefined };
}

/**
 * Dry runs that could do something. ATTACK: they are made before anything is decided, with an agent's arguments. So what counts must be declared, by the
 * operator and not by its server, to change nothing and to let nothing out of the house.
 */
export function unsafeCounting(tools: Tools): readonly Problem[] {
  const declared = (id: string, key: "effect" | "egress"): unknown => {
    const { server, tool } = written(tools, id);
    return tool?.[key] ?? server?.default[key];
  };
  const problems: Problem[] = [];
  for (const { server, tool, given, path } of toolsWith(tools, "records")) {
    const own = `${server}.${tool}`;
    const by = given.call ?? own;
    if (given.call === own)
      problems.push({ path: [...path, "call"], message: `\`${own}\` cannot count for itself`, hint: "write `dry_run` in place of `call`" });
    else if (given.call !== undefined && declared(by, "effect") !== "read")
      problems.push({
        path: [...path, "call"],
        message: `\`${by}\` counts before anything is decided, and is not declared to read`,
        hint: "write `effect: read` at it, if that is so",
      });
    if (declared(by, "egress") !== false)
      problems.push({
        path: [...path, given.call === undefined ? "dry_run" : "call"],
        message: `\`${by}\` counts before anything is decided, and is not declared to leave nothing out of the house`,
        hint: "write `egress: false` at it or at its server, if that is so",
      });
  }
  return problems;
}

const LOST = { undo: "could not be undone", records: "is about the most records there are, because nothing can count them" } as const;

/** Calls of our own that nobody here could make: they would be missed when they are needed. */
export function unreachable(tools: Tools): readonly Problem[] {
  return (["undo", "records"] as const).flatMap((key) =>
    [...toolsWith(tools, key)].flatMap(({ server, tool, given, path }): readonly Problem[] => {
      const call = given.call ?? (key === "records" ? `${server}.${tool}` : undefined);
      if (call === undefined) return [];
      const target = call.slice(0, call.indexOf("."));
      const called = written(tools, call);
      if (called.server?.stdio !== undefined || called.server?.http !== undefined || called.tool?.command !== undefined) return [];
      const message = `\`${server}.${tool}\` ${LOST[key]}: no server \`${target}\` with an address or a command is configured`;
      const others = Object.keys(tools).filter((name) => name !== target);
      return [{ path: [...path, ...(given.call === undefined ? [] : ["call"])], message, ...nearest(target, others) }];
    }),
  );
}

/** Agents that may make a call and not count what it would change: they would be asked about each, and nobody would know why. */
export function withoutCount(tools: Tools, agents: readonly Pick<Agent, "name" | "role">[]): readonly Problem[] {
  return [...toolsWith(tools, "records")].flatMap(({ server, tool, given: { call } }) => {
    const own = `${server}.${tool}`;
    if (call === undefined) return [];
    const without = agents.filter(({ role: { read, write, deny } }) => {
      const may = (id: string, list: readonly Granted[]): boolean =>
        list.some(({ pattern }) => grants(pattern, id)) && !deny.some(({ pattern }) => blocks(pattern, id));
      return may(own, write) && !may(call, [...read, ...write]);
    });
    return without.map(({ name }) => ({
      path: ["agents", name, "role"],
      message: `agent \`${name}\` may call \`${own}\` and not \`${call}\`, which counts what that changes: each such call is about the most records there are`,
    }));
  });
}
