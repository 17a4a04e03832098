import { isDeepStrictEqual } from "node:util";
import type { Config, ToolServerConfig } from "../../config/index.ts";
import type { Secret } from "../../config/secret.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Clock } from "../../core/layers.ts";
import type { Switch } from "../../oversight/switch.ts";
import type { Pin, PinStore } from "../../permission/index.ts";
import type { Program, Runner } from "../../runner/program.ts";
import type { WorkFolder } from "../../sandbox/index.ts";
import type { Metrics } from "../../surfaces/http/observe.ts";
import { httpMcpUpstream } from "../../surfaces/mcp-gateway/http-upstream.ts";
import { createSeal, type Seal } from "../../surfaces/mcp-gateway/seal.ts";
import { createSessions, type Sessions } from "../../surfaces/mcp-gateway/sessions.ts";
import { type StartProgram, stdioMcpUpstream } from "../../surfaces/mcp-gateway/stdio-upstream.ts";
import { createTasks, type Tasks } from "../../surfaces/mcp-gateway/tasks/table.ts";
import type { McpUpstream } from "../../surfaces/mcp-gateway/upstream.ts";
import type { Documents } from "../../vault/documents.ts";
import { toolAgent } from "../agents/tool-agents.ts";
import { collectedBy, type Start } from "../sandboxes/cells.ts";
import { commanded, commandsOf } from "../sandboxes/commands.ts";
import { confined } from "../sandboxes/confined.ts";
import { WAITING, warm } from "../sandboxes/warm.ts";
import type { WayOut } from "../sandboxes/way-out.ts";
import { workFolders } from "../sandboxes/work.ts";

/** What of MCP outlives a configuration: the conversations, and the connections and processes of servers that did not change. */
export interface McpServers {
  readonly sessions: Sessions;
  readonly seal: Seal;
  readonly tasks: Tasks;
  /** The servers of a configuration; those of the one before that are gone or were changed are ended. */
  of(config: Config): readonly McpUpstream[];
  close(): Promise<void>;
}

export interface McpServersOptions {
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "upstream">;
  /** Starts a program that serves over standard input and output. */
  readonly start: Start;
  /** Runs a command to its end. */
  readonly run: Runner["run"];
  /** The way out of a server in a sandbox that may reach hosts. */
  readonly wayOut: (agent: string) => Promise<WayOut>;
  /** Told of servers that should wait to be used and do not, and of work folders that stay. */
  readonly said: (server: string, text: string) => void;
  /** The kill switch: conversations of an agent that is stopped end, with what runs for them. */
  readonly held: Pick<Switch, "watch">;
  /** `flow.session` of the configuration in force. */
  readonly session: () => number;
}

export function mcpServers({ clock, metrics, start, run, wayOut, said, held, session: lasts }: McpServersOptions): McpServers {
  let running = new Map<string, { readonly config: ToolServerConfig; readonly settings: Config["sandboxes"]; readonly upstream: McpUpstream }>();
  const tasks = createTasks(clock);
  const sessions = createSessions(
    clock,
    (session, stopped) => {
      const upstream = running.get(session.server)?.upstream;
      const end = (): void => void upstream?.end(session.link, stopped);
      // Its server is told that it need not go on while it can still be told.
      const told = tasks.end(session);
      if (told === undefined || stopped) end();
      else void told.then(end);
    },
    held.watch,
    lasts,
  );
  /** A server with work folders: each session's goes with it. */
  const withWork = (id: string, size: number, inside: (work: () => Promise<WorkFolder>) => StartProgram, inPieces = false): McpUpstream => {
    const folders = workFolders(size, collectedBy(start), (text) => said(id, text));
    const upstream = stdioMcpUpstream({ id, inPieces, start: (take, session) => inside(() => folders.of(session))(take) });
    return {
      ...upstream,
      async end(link, now) {
        await upstream.end(link, now);
        await folders.end(link.key);
      },
      async close() {
        await upstream.close();
        await folders.close();
      },
    };
  };
  const make = (id: string, config: ToolServerConfig, settings: Config["sandboxes"]): McpUpstream | undefined => {
    const { http, stdio, sandbox } = config;
    if (http !== undefined) {
      const { credential } = http;
      return httpMcpUpstream({
        id,
        url: http.url,
        clock,
        took: (seconds) => metrics.upstream(id, seconds),
        ...(credential === undefined ? {} : { credential: () => credential.reveal() }),
      });
    }
    const out = () => wayOut(toolAgent(id));
    if (commandsOf(config).length > 0) {
      const inside = commanded(id, config, { start, run, wayOut: out, settings });
      return sandbox?.work === undefined ? stdioMcpUpstream({ id, inPieces: true, start: inside() }) : withWork(id, sandbox.work, inside, true);
    }
    if (stdio === undefined) return undefined;
    const env = Object.fromEntries(Object.entries(stdio.env ?? {}).map(([name, secret]) => [name, secret.reveal()]));
    const program: Program = { command: stdio.command, env, ...(stdio.cwd === undefined ? {} : { cwd: stdio.cwd }) };
    if (sandbox === undefined) return stdioMcpUpstream({ id, start: start(program) });
    if (sandbox.work !== undefined) return withWork(id, sandbox.work, (work) => confined(program, sandbox, start, out, settings, [], work));
    const inside = (...before: readonly string[]) => confined(program, sandbox, start, out, settings, before);
    if (sandbox.warm === 0) return stdioMcpUpstream({ id, start: inside() });
    const kept = warm({ cold: inside(), waiting: inside(...WAITING), most: sandbox.warm, clock, said: (text) => said(id, text) });
    const upstream = stdioMcpUpstream({ id, start: kept.start });
    return {
      ...upstream,
      async close() {
        await upstream.close();
        await kept.close();
      },
    };
  };
  return {
    sessions,
    seal: createSeal(clock),
    tasks,
    of(config) {
      const before = running;
      running = new Map();
      for (const [id, server] of Object.entries(config.tools)) {
        const old = before.get(id);
        if (old !== undefined && same(old.config, server) && (server.sandbox === undefined || isDeepStrictEqual(old.settings, config.sandboxes))) {
          running.set(id, old);
          before.delete(id);
        } else {
          const upstream = make(id, server, config.sandboxes);
          if (upstream !== undefined) running.set(id, { config: server, settings: config.sandboxes, upstream });
        }
      }
      for (const [id, { upstream }] of before) {
        for (const session of sessions.all.filter((one) => one.server === id)) sessions.end(session);
        void upstream.close().catch(() => {});
      }
      return [...running.values()].map(({ upstream }) => upstream);
    },
    async close() {
      await tasks.shut();
      await Promise.all([...running.values()].map(({ upstream }) => upstream.close()));
    },
  };
}

/** How a server is reached is the same; what is said of its tools may differ. Secrets do not print, so they are compared by what they hold. */
function same(a: ToolServerConfig, b: ToolServerConfig): boolean {
  const secrets = (env: { readonly [name: string]: Secret } = {}) => Object.entries(env).map(([name, secret]) => [name, secret.reveal()]);
  const reached = ({ http, stdio, sandbox, ...others }: ToolServerConfig): string =>
    JSON.stringify([
      sandbox,
      commandsOf(others).map(([name, { env, ...command }]) => [name, command, secrets(env)]),
      http?.url,
      http?.credential?.reveal(),
      stdio?.command,
      stdio?.cwd,
      secrets(stdio?.env),
    ]);
  return reached(a) === reached(b);
}

const COLLECTION = "pins";

/** Pins as documents of the store. One that is not what this program writes is refused: nobody could say what was pinned. */
export function pinStore(documents: Pick<Documents, "list" | "put">): PinStore {
  return {
    async load() {
      return (await documents.list(COLLECTION)).map(({ key, value }) => {
        if (isPin(key, value)) return value as unknown as Pin;
        throw new HoldfastError("unavailable", `what was pinned of the tool \`${key}\` cannot be read; the store was changed by something else`);
      });
    },
    async save(pin) {
      await documents.put(COLLECTION, pin.tool, pin as unknown as Json);
    },
  };
}

function isPin(key: string, value: Json): boolean {
  if (!isObject(value)) return false;
  const { tool, pinned, held } = value;
  const versions = [pinned, held].filter((version) => version !== undefined);
  return tool === key && versions.length > 0 && versions.every(isVersion);
}

const isVersion = (value: Json): boolean =>
  isObject(value) && typeof value["digest"] === "string" && isObject(value["definition"]) && typeof value["since"] === "number";
