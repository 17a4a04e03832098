import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { createLedger, createRates, createTraffic, mayUseTool, openPins } from "../../permission/index.ts";
import { lines } from "../../runner/lines.ts";
import { directRunner } from "../../runner/program.ts";
import { openSqliteStore } from "../../stores/sqlite.ts";
import type { RunOptions } from "../../surfaces/cli/wiring.ts";
import { type McpGatewayOptions, mcpGateway } from "../../surfaces/mcp-gateway/gateway.ts";
import { createSeal } from "../../surfaces/mcp-gateway/seal.ts";
import { createSessions } from "../../surfaces/mcp-gateway/sessions.ts";
import { stdioConversation } from "../../surfaces/mcp-gateway/stdio-client.ts";
import { stdioMcpUpstream } from "../../surfaces/mcp-gateway/stdio-upstream.ts";
import { createTasks } from "../../surfaces/mcp-gateway/tasks/table.ts";
import { createLog } from "../../telemetry/log.ts";
import { firstPhase } from "../agents/autonomy.ts";
import { leasesIn } from "../agents/budgets.ts";
import { toolAgent } from "../agents/tool-agents.ts";
import { type Composed, composeLayers } from "../layers.ts";
import { answeredIn } from "../people/approvals.ts";
import { systemClock as clock } from "../platform.ts";
import { documentsIn } from "../records/documents.ts";
import { openFreeLog, UNMEASURED } from "../records/own-log.ts";
import { collectedBy, type Start } from "../sandboxes/cells.ts";
import { confined } from "../sandboxes/confined.ts";
import { composeEgress } from "../sandboxes/egress.ts";
import { workFolders } from "../sandboxes/work.ts";
import { jsonLimits } from "../surfaces.ts";
import { pinStore } from "../tools/mcp.ts";
import { openRunInbox } from "./inbox.ts";

/**
 * Stands between a client and the server that it starts: guards every message of both, with a log of its own. Resolves when the client
 * closes its end or the server is over; what it resolves with says why, for a person, where that was not the client's doing.
 */
export async function runServer(
  config: Config,
  { server, agent, command, input, write, said, signal }: RunOptions,
  data: string,
  path?: string,
): Promise<string | undefined> {
  const folder = join(data, "run", server);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { audit, signer, own } = await openFreeLog(folder);
  const store = await openSqliteStore(join(folder, "holdfast.db")).catch(async (error: unknown) => {
    await audit.shut();
    throw error;
  });
  const ledger = createLedger(leasesIn(Promise.resolve(store)), clock);
  const runner = directRunner();
  let shutInbox = async (): Promise<void> => {};
  try {
    const documents = documentsIn(store);
    const pins = await openPins(pinStore(documents), clock.now);
    const traffic = createTraffic();
    const ports: number[] = [];
    let composed: Composed;
    const asking = await openRunInbox({
      server,
      own,
      documents,
      signer,
      audit,
      pins,
      ledger,
      said,
      ports,
      config,
      made: () => ({ layers: composed.layers, toolName: composed.policy.tools.id, recount: composed.recount }),
    });
    shutInbox = asking.shut;
    composed = composeLayers(config, asking.over(audit), {
      clock,
      ledger,
      rates: createRates(),
      traffic,
      pins,
      oversight: asking.inbox.layer,
      // No dice are kept here: what might be looked at is.
      autonomy: { phase: (agent, tool) => firstPhase(config, agent, tool), picks: () => true },
      own: { paths: [join(data, "run"), ...(path === undefined ? [] : [path])], ports: () => ports },
      servers: () => servers,
    });
    const { layers, label, policy } = composed;
    const egress = composeEgress({ current: () => composed, traffic, clock, log: createLog({ level: "error" }), metrics: UNMEASURED });
    const { promise: over, resolve: end } = Promise.withResolvers<string | undefined>();
    // The server is started as its client would have: with the client's environment, which is meant for it.
    const program = { command, env: given(process.env) };
    const plain: Start = (one) => (take) => runner.start(one, take);
    const sandbox = config.tools[server]?.sandbox;
    const folders = sandbox?.work === undefined ? undefined : workFolders(sandbox.work, collectedBy(plain), said);
    const work = folders && (() => folders.of(server));
    const start =
      sandbox === undefined ? plain(program) : confined(program, sandbox, plain, () => egress.wayOut(toolAgent(server)), config.sandboxes, [], work);
    const upstream = stdioMcpUpstream({
      id: server,
      start: (take, conversation) =>
        start({
          ...take,
          ended(why) {
            take.ended(why);
            // A dry run has a process of its own.
            if (conversation === session?.link.key) end(`the server is over: ${why}`);
          },
        }),
      said,
    });
    const tasks = createTasks(clock);
    // The client's own is over with the run; those of dry runs are over before.
    const sessions = createSessions(clock, ({ link }) => void (link !== session?.link && upstream.end(link)));
    const session = sessions.begin(server, { agent });
    if (session === undefined) throw new HoldfastError("internal", "there is no room for a session");
    const servers: McpGatewayOptions = {
      layers,
      upstreams: [upstream],
      sessions,
      pins,
      seal: createSeal(clock),
      tasks,
      // There is no console here, and a client is no place to approve in: the agent may be it.
      approvalUrl: () => undefined,
      answered: answeredIn(asking.inbox, clock),
      holds: asking.inbox.holds,
      news: (event, facts) => void audit.system(event, facts).catch(() => {}),
      handles: policy.tools.handles,
      resultFault: composed.results.fault,
      mayUseTool: (_principal, tool, action) => mayUseTool(policy, agent, tool, action),
      label,
      clock,
      log: createLog({ level: "error" }),
      metrics: UNMEASURED,
      limits: { json: jsonLimits(config) },
    };
    const gateway = mcpGateway(servers);
    const stop = new AbortController();
    const conversation = stdioConversation(gateway, upstream, session, write, stop.signal);
    const broken = (why: string): void => end(`the client broke the protocol: ${why}`);
    // A line of a client is one message, so it may be as long as a body.
    input.on("data", lines({ most: jsonLimits(config).bytes, line: conversation.line, broken, strict: true }));
    input.once("end", () => end(undefined));
    signal.addEventListener("abort", () => end(undefined), { once: true });
    const why = await over;
    stop.abort(new HoldfastError("cancelled", "the client went away"));
    await tasks.shut();
    await upstream.close();
    await folders?.close();
    await conversation.settled();
    await egress.shut();
    return why;
  } finally {
    await shutInbox();
    await runner.shut();
    await ledger.shut().catch(() => {}); // what is not given back counts as spent
    await audit.shut();
    await store.close();
  }
}

function given(env: NodeJS.ProcessEnv): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith("HOLDFAST_") || name === "NODE_COMPILE_CACHE" ? [] : [[name, value]],
    ),
  );
}
