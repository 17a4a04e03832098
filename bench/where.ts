/**
 * `node bench/where.ts`: where the processor time of P3 goes. The gateway as a user starts it, under the bench's own load, is looked at by V8's sampling
 * profiler; each sample counts for the innermost of our folders on its stack, else for the part of Node that it is in. Prints shares, not times: the
 * profiler costs time itself, and the figure to multiply them with stands in docs/bench.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holdfast, install } from "./http/holdfast.ts";
import { generator, small } from "./http/subject.ts";
import { CALL_HEADERS, call, HOLDS } from "./mcp.ts";

interface Frame {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}
interface Profile {
  readonly nodes: readonly Frame[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** So many requests first, which warm up and do not count; then those that do. */
const [WARM, COUNTED] = [3_000, 6_000];
/** By what its innermost frame is called, or where that lies: the first that fits. */
const NATIVE: readonly (readonly [RegExp, string])[] = [
  [/^(?:writeUtf8String|writeLatin1String|writeBuffer|writev|shutdown) /, "system calls that write to sockets"],
  [/^\(garbage collector\)/, "garbage collector, on this thread"],
  [/^\(program\)/, "Node itself, outside JavaScript"],
  [/undici/, "undici: the request to the server"],
  [/node:(?:_http|net|internal\/(?:http|streams|stream_base))/, "node:http: the request of the client"],
];

/** Stands on the stack while a call is under way. */
const SERVING = /\/src\/surfaces\/mcp-gateway\//;

const profile = await profiled();
const shares = [...sharesOf(profile)].sort(([, a], [, b]) => b - a);
const whole = shares.reduce((sum, [, share]) => sum + share, 0);
for (const [part, share] of shares) console.log(`| ${part} | ${((100 * share) / whole).toFixed(1)} % |`);
process.exit();

async function profiled(): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-where-"));
  const upstream = await small("upstream", "mcp-upstream.ts");
  const installed = await install(upstream.origin);
  process.env["NODE_OPTIONS"] = `--cpu-prof --cpu-prof-interval=250 --cpu-prof-dir=${folder}`;
  const ours = await holdfast(installed);
  delete process.env["NODE_OPTIONS"];
  const load = generator();
  try {
    const body = call(1);
    const headers = { ...CALL_HEADERS, ...ours.headers, "content-length": String(Buffer.byteLength(body)) };
    const shape = { origin: ours.origin, path: "/mcp/crm", headers, body, holds: HOLDS, connections: 8 };
    for (const requests of [WARM, COUNTED]) {
      const { failed } = await load.run({ ...shape, requests });
      if (failed > 0) throw new Error(`${failed} of ${requests} calls were not answered by the server`);
    }
    await ours.stop();
    const [main] = readdirSync(folder).filter((name) => name.endsWith(".0.001.cpuprofile"));
    return JSON.parse(readFileSync(join(folder, main ?? ""), "utf8")) as Profile;
  } finally {
    await Promise.all([load, upstream, ours].map((each) => each.stop()));
    installed.remove();
    rmSync(folder, { recursive: true });
  }
}

/** Microseconds by part, of all samples between the first warm request and the last. */
function sharesOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child): [number, number] => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map(nodes.map(({ id }) => [id, stackOf(id, parents, byId)]));
  const serving = samples.flatMap((id, index) => (stacks.get(id)?.some((frame) => SERVING.test(frame)) === true ? [index] : []));
  // By their number: a request is about as many samples as any other.
  const [first, last] = [serving[Math.floor((serving.length * WARM) / (WARM + COUNTED))] ?? 0, serving.at(-1) ?? 0];
  const shares = new Map<string, number>();
  for (let index = first; index <= last; index++) {
    const part = partOf(stacks.get(samples[index] ?? 0) ?? []);
    if (part !== undefined) shares.set(part, (shares.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return shares;
}

/** `function url`, the innermost first. */
function stackOf(id: number, parents: ReadonlyMap<number, number>, byId: ReadonlyMap<number, Frame>): readonly string[] {
  const stack: string[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const { functionName, url } = byId.get(at)?.callFrame ?? { functionName: "", url: "" };
    stack.push(`${functionName} ${url}`);
  }
  return stack;
}

function partOf(stack: readonly string[]): string | undefined {
  const [innermost = ""] = stack;
  if (innermost.startsWith("(idle)")) return undefined;
  const [native] = NATIVE.filter(([pattern]) => pattern.test(innermost)).map(([, name]) => name);
  if (native !== undefined) return native;
  // What finds, reads and writes texts counts for whoever has it done.
  for (const frame of stack) {
    const folder = /\/src\/(core\/json|surfaces\/[\w-]+|[\w-]+)/.exec(frame)?.[1];
    if (folder !== undefined && !["detectors", "core", "codecs"].includes(folder)) return folder === "core/json" ? "JSON, read and written" : `src/${folder}`;
  }
  const ours = stack.find((frame) => frame.includes("/src/"));
  if (ours !== undefined) return `src/${/\/src\/([\w-]+)/.exec(ours)?.[1] ?? ""}`;
  return "Node: promises, timers, the rest";
}
