/** P3 and P4: tool calls over MCP, through the gateway over HTTP and through `holdfast run`. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { holdfast, install } from "./http/holdfast.ts";
import { interleave } from "./http/interleave.ts";
import { generator, owned, small } from "./http/subject.ts";
import { type Bench, median, quantile, type Row } from "./row.ts";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
export const call = (id: number): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "order_status", arguments: { order: "A-1042" }, _meta: META } });
/** What the server says: an answer without it is a refusal, and measures nothing. */
export const HOLDS = "The order left the house";

/** What goes with it over HTTP. */
export const CALL_HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
  "mcp-name": "order_status",
};

export const run: Bench = async ({ quick, wants }) => [...(wants("P3") ? [await overHttp(quick)] : []), ...(wants("P4") ? await overPipes(quick) : [])];

async function overHttp(quick: boolean): Promise<Row> {
  const direct = await small("direct", "mcp-upstream.ts");
  const parsed = await small("parsed pass-through", "mcp-proxy.ts", direct.origin);
  const installed = await install(direct.origin);
  const ours = await holdfast(installed);
  const load = generator();
  const subjects = [direct, parsed, ours];
  try {
    const body = call(1);
    const headers = { ...CALL_HEADERS, "content-length": String(Buffer.byteLength(body)) };
    // All rounds together stay below what the guard against loops lets pass of one call.
    const shape = { headers, body, holds: HOLDS, connections: 8, requests: quick ? 200 : 1_000 };
    const seen = await interleave(load, subjects, (subject) => ({ ...shape, path: subject === ours ? "/mcp/crm" : "/mcp" }), quick ? 1 : 7);
    const [us, floor, bare] = [seen.get(ours)!, seen.get(parsed)!, seen.get(direct)!];
    const ratio = us.cpu / floor.cpu;
    return {
      id: "P3",
      what: "MCP tool call over HTTP, 8 connections: processor time",
      unit: "µs",
      ours: us.cpu,
      floor: floor.cpu,
      ratio,
      target: "≤ 1.5 × a proxy that parses both ways",
      met: ratio <= 1.5,
      n: us.requests,
      note: `policy, detectors both ways, pins, durable record; time to the answer p50 ${us.p50.toFixed(2)} ms, the proxy ${floor.p50.toFixed(2)} ms, directly ${bare.p50.toFixed(2)} ms`,
    };
  } finally {
    await Promise.all([load, ...subjects].map((each) => each.stop()));
    installed.remove();
  }
}

const here = (file: string): string => join(import.meta.dirname, file);
const SERVER = [process.execPath, here("http/mcp-upstream.ts"), "stdio"];

async function overPipes(quick: boolean): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const calls = quick ? 200 : 3_000;
  // The same call a thousand times is what the guard against loops is for.
  const limits = "requests: 10000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 }";
  const configuration = join(home, "holdfast.yaml");
  const tools = "crm: { tools: { order_status: { effect: read } } }";
  writeFileSync(configuration, `tools: { ${tools} }\nagents: { agent: { role: builtin/assistant, limits: { ${limits} } } }\n`);
  try {
    const [direct, parsed, ours] = [
      await piped(SERVER, calls),
      await piped([process.execPath, here("http/mcp-proxy.ts"), "stdio", ...SERVER], calls),
      await piped([here("../bin/holdfast"), "run", "--server", "crm", "--config", configuration, "--", ...SERVER], calls, { HOME: home }),
    ];
    const added = (ours.p50 - direct.p50) * 1000;
    const floor = (parsed.p50 - direct.p50) * 1000;
    return [
      {
        id: "P4",
        what: "MCP tool call over standard input and output, one at a time: added time, p50",
        unit: "µs",
        ours: added,
        floor,
        ratio: added / floor,
        target: "≤ 150 µs",
        met: added <= 150,
        n: calls,
        note: `durable record before the call included; p99 ${ours.p99.toFixed(2)} ms, directly ${direct.p99.toFixed(2)} ms; the floor parses both ways and does nothing else`,
      },
      {
        id: "P4",
        what: "MCP tool calls over standard input and output, 64 at once",
        unit: "calls/s",
        ours: ours.perSecond,
        floor: parsed.perSecond,
        ratio: ours.perSecond / parsed.perSecond,
        target: "≥ 8,000 calls/s",
        met: ours.perSecond >= 8_000,
        n: calls,
      },
    ];
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Calls one after the other, then 64 at once. Times are milliseconds. */
async function piped(command: readonly string[], calls: number, env: NodeJS.ProcessEnv = {}): Promise<{ p50: number; p99: number; perSecond: number }> {
  const child = owned(spawn(command[0] as string, command.slice(1), { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...env } }));
  const waiting = new Map<number, () => void>();
  let refused = 0;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const { id } = JSON.parse(line) as { id: number };
    if (!line.includes(HOLDS)) refused++;
    waiting.get(id)?.();
    waiting.delete(id);
  });
  let next = 1;
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      child.stdin?.write(`${call(id)}\n`);
    });
  for (let warm = 0; warm < calls / 3; warm++) await one();
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const begun = performance.now();
    await one();
    times.push(performance.now() - begun);
  }
  const begun = performance.now();
  let left = calls;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (left-- > 0) await one();
    }),
  );
  const perSecond = (calls / (performance.now() - begun)) * 1000;
  child.stdin?.end();
  await new Promise((resolve) => child.once("exit", resolve));
  if (refused > 0) throw new Error(`${refused} calls through \`${command.slice(0, 2).join(" ")}\` were not answered by the server`);
  return { p50: median(times), p99: quantile(times, 0.99), perSecond };
}
