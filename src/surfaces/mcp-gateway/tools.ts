import { type Definition, definitionsIn, headerArguments } from "../../codecs/mcp/index.ts";
import { defaultLabel, type Source } from "../../core/content.ts";
import { isArray, isObject, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import type { Request } from "../../core/request.ts";
import type { McpGateway } from "./gateway.ts";
import { remember } from "./heard.ts";
import type { Session } from "./sessions.ts";

/**
 * Takes in a page of a server's list: compares every definition with what is pinned, and leaves only those that are what they were and
 * that the agent may call. `original` is what the server sent, `filtered` what may leave of it: the same tools in the same order.
 */
export async function listed(
  gateway: McpGateway,
  session: Session,
  original: JsonObject,
  filtered: JsonObject,
  fresh: boolean,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { server, principal } = session;
  const definitions = definitionsIn(original).filter((one) => headerArguments(one) !== undefined);
  const good = await compared(gateway, session, definitions, signal);
  const known = new Map(fresh ? [] : session.tools);
  for (const one of definitions) known.set(one.name, one);
  session.tools = known;
  session.listed = gateway.clock.monotonic();
  const visible = new Set(definitions.filter((one) => good.has(one.name) && gateway.mayUseTool(principal, `${server}.${one.name}`)).map(({ whole }) => whole));
  const [sent, leaving] = [original["tools"], filtered["tools"]].map((tools) => (tools !== undefined && isArray(tools) ? tools : [])) as [
    readonly Json[],
    readonly Json[],
  ];
  return { ...filtered, tools: leaving.filter((_, index) => visible.has(sent[index] as JsonObject)) };
}

/** What a server says to every model that uses it. Held back like a tool when it changes: it is read as if we had written it. */
export async function instructed(gateway: McpGateway, session: Session, original: JsonObject, filtered: JsonObject, signal: AbortSignal): Promise<JsonObject> {
  const { instructions } = original;
  if (instructions === undefined) return filtered;
  const good = await compared(gateway, session, [{ name: INSTRUCTIONS, whole: { instructions } }], signal);
  if (good.has(INSTRUCTIONS)) return filtered;
  const { instructions: _held, ...rest } = filtered;
  return rest;
}

/** Lists of what a server has beside its tools: where its items stand, what they are called by, and what an agent must be granted to see them. */
const BESIDE: ReadonlyMap<string, { readonly key: string; readonly by: string; readonly place: "prompts" | "resources" }> = new Map([
  ["prompts/list", { key: "prompts", by: "name", place: "prompts" }],
  ["resources/list", { key: "resources", by: "uri", place: "resources" }],
  ["resources/templates/list", { key: "resourceTemplates", by: "uriTemplate", place: "resources" }],
]);

/**
 * A list of prompts, of resources or of their templates, as far as the agent may use what is in it. Prompts and templates are the server's own
 * words, as tools are: pinned, looked at when first seen, held back when they change. What resources are called may be anybody's words, and
 * changes all the time: who gets the list has read them.
 */
export async function besideTools(
  gateway: McpGateway,
  session: Session,
  method: string,
  original: JsonObject,
  filtered: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const list = BESIDE.get(method);
  if (list === undefined) return filtered;
  const { key, by, place } = list;
  const tool = `${session.server}.${place}`;
  const [sent, left] = [itemsOf(original, key), itemsOf(filtered, key)];
  if (left.length === 0) return filtered;
  if (!gateway.mayUseTool(session.principal, tool, "resource.read")) return { ...filtered, [key]: [] };
  if (method === "resources/list") {
    remember(gateway, session, tool);
    return filtered;
  }
  const definitions = sent.slice(0, MOST_BESIDE).map((whole): Definition | undefined => {
    const name = isObject(whole) ? whole[by] : undefined;
    return isObject(whole) && typeof name === "string" && NAME_BESIDE.test(name) ? { name: `#${key}/${name}`, whole } : undefined;
  });
  const good = await compared(
    gateway,
    session,
    definitions.filter((one) => one !== undefined),
    signal,
  );
  return { ...filtered, [key]: left.filter((_, at) => good.has(definitions[at]?.name ?? "")) };
}

const itemsOf = (result: JsonObject, key: string): readonly Json[] => {
  const items = result[key];
  return items !== undefined && isArray(items) ? items : [];
};
const MOST_BESIDE = 1_000;
/** Something that can be seen, and no more than a name. */
const NAME_BESIDE = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** No tool can have this name. */
const INSTRUCTIONS = "#instructions";

/** The names of those whose definition is the pinned one. */
async function compared(gateway: McpGateway, session: Session, definitions: readonly Definition[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { server } = session;
  const looked: (Definition & { readonly suspicion?: string })[] = [];
  for (const one of definitions) {
    // What is pinned was looked at when it was pinned.
    const suspicion = gateway.pins.of(`${server}.${one.name}`) === undefined ? await suspicionOf(gateway, session, one, signal) : undefined;
    looked.push(suspicion === undefined ? one : { ...one, suspicion });
  }
  const results = await gateway.pins.compare(server, looked);
  for (const { tool, digest, why, news } of results)
    if (news !== undefined) gateway.news(`tool-${news}`, { tool, digest, ...(why === undefined ? {} : { why }) });
  const held = new Set(results.flatMap(({ tool, why }) => (why === undefined ? [] : [tool])));
  return new Set(definitions.flatMap(({ name }) => (held.has(`${server}.${name}`) ? [] : [name])));
}

/** The detector that found an attack in the texts of a definition (tool poisoning): every text, names, defaults and choices included. */
async function suspicionOf(
  { layers, clock, surface }: McpGateway,
  { server, principal }: Session,
  { name, whole }: Definition,
  signal: AbortSignal,
): Promise<string | undefined> {
  const source: Source = { kind: "definition", id: `${server}.${name}` };
  const request: Request = {
    id: "definition",
    principal,
    action: { type: "tool.list" },
    content: [{ source, label: defaultLabel(source), text: stringsOf(whole).join("\n") }],
    context: { time: clock.now(), surface },
  };
  const { passages, decision } = await layers.input.inspect(request, signal);
  const found = passages.flatMap(({ findings }) => findings).find(({ kind, score }) => (kind === "injection" && score >= SURE) || kind === "smuggling");
  return found?.detector ?? (decision.effect === "permit" ? undefined : decision.reasons[0]?.id);
}

const SURE = 0.5;

/** What a tool declares of its structured results. */
export function outputSchemaOf(session: Session, name: string): JsonObject | undefined {
  const schema = session.tools?.get(name)?.whole["outputSchema"];
  return isObject(schema) ? schema : undefined;
}
