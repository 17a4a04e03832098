import { type Asking, type Id, isModern, type Message } from "../../codecs/mcp/index.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { requestId } from "../http/trace.ts";
import type { Client } from "./client.ts";
import { collected } from "./collect.ts";
import type { McpGateway } from "./gateway.ts";
import { LISTED, mergedDiscovery, mergedStart, type Of } from "./merge.ts";
import { fault } from "./refusals.ts";
import type { Session } from "./sessions.ts";
import { oneServer, type Target, type Visit } from "./target.ts";
import { serveTasks } from "./tasks/serve.ts";

/** The name of the sessions that span all servers; no server can have it. */
const ALL = "*";
const BETWEEN = "__";

interface Member {
  readonly server: string;
  readonly target: Target;
  readonly session: Session;
}

/**
 * All servers at one address: their tools and prompts as `server__name`. Every request of the client becomes a request to the server that it
 * is for, or to each, and passes `guard` there under that server's name; nothing is decided about the whole. One that does not answer is left out.
 */
export function allServers(gateway: McpGateway): Target {
  const targets = gateway.upstreams.map((upstream) => oneServer(gateway, upstream));

  const members = (visit: Visit, begins = false): readonly Member[] =>
    targets.flatMap((target) => {
      const { id: server } = target;
      const { session } = visit;
      if (isModern(visit.sending.version)) {
        const own = gateway.sessions.ofKey(server, session.principal, session.declared);
        return own === undefined ? [] : [{ server, target, session: own }];
      }
      const known = session.members.get(server) ?? (begins ? gateway.sessions.begin(server, session.principal, session.declared) : undefined);
      if (known === undefined) return [];
      session.members.set(server, known);
      return [{ server, target, session: known }];
    });

  /** The same visit at one of the servers. What that server asks of the client comes under an id of its own. */
  const at = (visit: Visit, { server, session }: Member, client: Client): Visit => ({
    ...visit,
    session,
    open: isModern(visit.sending.version) ? new Map() : session.open,
    client: {
      begin: client.begin,
      send(message, event) {
        if (message?.kind !== "request") return client.send(message, event);
        const id = `${server}${BETWEEN}${JSON.stringify(message.id)}`;
        visit.session.waiting.set(id, message.method);
        return client.send({ ...message, id }, event);
      },
    },
  });

  /** What one of them answers, as far as it does. */
  const answerOf = async (visit: Visit, member: Member, message: Asking): Promise<JsonObject | undefined> => {
    const { client, answer } = collected();
    const inner = { ...at(visit, member, client), id: requestId(), parent: visit.id };
    const answered = (await member.target.ask(inner, message, undefined).catch(() => undefined)) ?? answer();
    return answered?.kind === "result" ? answered.result : undefined;
  };

  const fromEach = async (visit: Visit, message: Asking, begins = false): Promise<readonly Of[]> => {
    const all = await Promise.all(members(visit, begins).map(async (member) => ({ server: member.server, result: await answerOf(visit, member, message) })));
    return all.flatMap(({ server, result }) => (result === undefined ? [] : [{ server, result }]));
  };

  /** Everything of a list, page by page, from every server that has one. */
  const listAll = async (visit: Visit, message: Asking, key: string): Promise<JsonObject> => {
    const items: Json[] = [];
    const { cursor: _cursor, ...params } = message.params;
    let rest: JsonObject = {};
    let left: readonly { readonly member: Member; readonly cursor?: string }[] = members(visit).map((member) => ({ member }));
    for (let page = 0; page < MOST_PAGES && left.length > 0; page++) {
      const pages = await Promise.all(
        left.map(async ({ member, cursor }) => ({
          member,
          result: (await answerOf(visit, member, { ...message, params: { ...params, ...(cursor === undefined ? {} : { cursor }) } })) ?? {},
        })),
      );
      for (const { member, result } of pages) {
        const { [key]: listed, nextCursor: _next, ...more } = result;
        rest = { ...rest, ...more };
        if (Array.isArray(listed)) items.push(...listed.map((item: Json) => named(member, key, item, visit.session)));
      }
      left = pages.flatMap(({ member, result: { nextCursor } }) =>
        typeof nextCursor === "string" && nextCursor !== "" ? [{ member, cursor: nextCursor }] : [],
      );
    }
    return { ...rest, [key]: key === "resources" ? items.filter((item) => visit.session.resources.get(uriOf(item) ?? "") !== CONTESTED) : items };
  };

  /** The server that a request names, and the request as that server knows it. */
  const placed = (visit: Visit, message: Asking): { readonly member: Member; readonly message: Asking } | undefined => {
    const { name, uri, ref } = message.params;
    const all = members(visit);
    const find = (whole: Json | undefined): { readonly member: Member; readonly bare: string } | undefined => {
      const cut = typeof whole === "string" ? whole.indexOf(BETWEEN) : -1;
      const member = cut > 0 ? all.find(({ server }) => server === (whole as string).slice(0, cut)) : undefined;
      return member === undefined ? undefined : { member, bare: (whole as string).slice(cut + BETWEEN.length) };
    };
    const byUri = (of: Json | undefined): Member | undefined =>
      typeof of === "string" ? all.find(({ server }) => server === serverOfResource(visit.session, of)) : undefined;
    if (isObject(ref) && ref["type"] === "ref/prompt") {
      const found = find(ref["name"]);
      return found === undefined
        ? undefined
        : { member: found.member, message: { ...message, params: { ...message.params, ref: { ...ref, name: found.bare } } } };
    }
    const member = byUri(isObject(ref) ? ref["uri"] : uri);
    if (member !== undefined) return { member, message };
    const found = find(name);
    return found === undefined ? undefined : { member: found.member, message: { ...message, params: { ...message.params, name: found.bare } } };
  };

  return {
    id: ALL,
    async ask(visit, message, headers) {
      const { id, method } = message;
      const result = (value: JsonObject): Message => ({ kind: "result", id, result: value });
      const key = LISTED.get(method);
      if (key !== undefined) return result(await listAll(visit, message, key));
      switch (method) {
        case "ping":
          return result({});
        case "initialize":
        case "server/discover": {
          const merge = method === "initialize" ? mergedStart : mergedDiscovery;
          const merged = merge(await fromEach(visit, message, method === "initialize"));
          if (merged === undefined) return fault(id, method === "initialize" ? -32603 : -32601, "none of the servers answers in this version of MCP");
          if (typeof merged["protocolVersion"] === "string") visit.session.version = merged["protocolVersion"];
          return result(merged);
        }
        case "tasks/list":
        case "tasks/get":
        case "tasks/result":
        case "tasks/cancel":
        case "tasks/update": {
          const task = gateway.tasks.find(message.params["taskId"], visit.session.principal, undefined);
          // What its server asks of the client comes from that server's conversation.
          const member = members(visit).find(({ session }) => session === task?.session);
          return serveTasks(gateway, member === undefined ? visit : at(visit, member, visit.client), message, undefined);
        }
        case "logging/setLevel":
          await fromEach(visit, message);
          return result({});
        default: {
          const found = placed(visit, message);
          if (found === undefined) return fault(id, -32602, "no server has this; names here are `server__name`");
          return found.member.target.ask(at(visit, found.member, visit.client), found.message, headers);
        }
      }
    },
    async tell(visit, message) {
      if (message.kind === "notification") {
        await Promise.all(members(visit).map((member) => member.target.tell(at(visit, member, visit.client), message).catch(() => undefined)));
        return undefined;
      }
      const [server, own] = ownId(message.id);
      visit.session.waiting.delete(message.id ?? "");
      const member = members(visit).find((one) => one.server === server);
      return member === undefined || own === undefined
        ? undefined
        : member.target.tell(at(visit, member, visit.client), { ...message, id: own } as typeof message);
    },
    async listen(visit) {
      const endings = await Promise.all(members(visit).map((member) => member.target.listen(at(visit, member, visit.client), undefined)));
      // As long as one speaks there is something to hear.
      return endings.some((ending) => ending === undefined) ? undefined : endings[0];
    },
  };
}

const MOST_PAGES = 20;

/** An item of a list under the name that it has here. Where its resource lies is remembered for reading it. */
function named({ server }: Member, key: string, item: Json, { resources }: Session): Json {
  if (!isObject(item)) return item;
  const { name } = item;
  const uri = uriOf(item);
  if ((key === "resources" || key === "resourceTemplates") && uri !== undefined && (resources.size < MOST_RESOURCES || resources.has(uri)))
    // ATTACK: a server lists the address of another's resource to be read in its place. Of two, neither is.
    resources.set(uri, (resources.get(uri) ?? server) === server ? server : CONTESTED);
  return (key === "tools" || key === "prompts") && typeof name === "string" ? { ...item, name: `${server}${BETWEEN}${name}` } : item;
}

const MOST_RESOURCES = 10_000;
/** No server is called so. */
const CONTESTED = "";

/** The address of a resource; of a template what all addresses made by it begin with, with the brace behind it, which no address holds. */
function uriOf(item: Json): string | undefined {
  if (!isObject(item)) return undefined;
  const { uri, uriTemplate } = item;
  if (typeof uri === "string") return uri;
  const cut = typeof uriTemplate === "string" ? uriTemplate.indexOf("{") : -1;
  return cut > 0 && /^[a-z][a-z\d+.-]*:/i.test(uriTemplate as string) ? (uriTemplate as string).slice(0, cut + 1) : undefined;
}

/** The one server that lists this address, or else the one whose templates make such. */
function serverOfResource({ resources }: Session, uri: string): string | undefined {
  const listed = resources.get(uri);
  if (listed !== undefined) return listed;
  const makers = new Set([...resources].flatMap(([made, server]) => (made.endsWith("{") && uri.startsWith(made.slice(0, -1)) ? [server] : [])));
  return makers.size === 1 ? [...makers][0] : undefined;
}

/** The server, and its own id, of an id that was made above. */
function ownId(id: Id | null): readonly [string, Id | undefined] {
  const text = typeof id === "string" ? id : "";
  const cut = text.indexOf(BETWEEN);
  try {
    const own: unknown = cut > 0 ? JSON.parse(text.slice(cut + BETWEEN.length)) : undefined;
    return [text.slice(0, Math.max(0, cut)), typeof own === "string" || typeof own === "number" ? own : undefined];
  } catch {
    return ["", undefined];
  }
}
