/** P2: an answer of 200 events through the gateway. */
import { holdfast, install } from "./http/holdfast.ts";
import { interleave, type Measured } from "./http/interleave.ts";
import { chat } from "./http/load-shapes.ts";
import { cpuSeconds, generator, portkey, type Subject, small } from "./http/subject.ts";
import type { Bench, Row } from "./row.ts";

const CHUNKS = 200;
const BUSY = 8;
const PACED_STREAMS = 250;

export const run: Bench = async ({ quick }) => {
  const direct = await small("direct", "upstream.ts");
  const undici = await small("undici", "undici-proxy.ts", direct.origin);
  const events = await small("every event parsed", "events-proxy.ts", direct.origin);
  const peer = await portkey(direct.origin);
  const installed = await install(direct.origin);
  const ours = await holdfast(installed);
  const load = generator();
  const subjects = [direct, undici, events, peer, ours];
  try {
    const rounds = quick ? 1 : 7;
    const shape = chat({ stream: true });
    const busy = await interleave(load, subjects, () => ({ ...shape, connections: BUSY, requests: quick ? 50 : 400 }), rounds);
    const calm = await interleave(load, subjects, () => ({ ...shape, connections: 1, requests: quick ? 10 : 60 }), rounds);
    return [
      perChunk(busy.get(ours)!, busy.get(undici)!, busy.get(peer)!, busy.get(events)!),
      first(calm.get(ours)!, calm.get(direct)!, calm.get(undici)!, calm.get(peer)!),
      await together(load, ours, quick ? 1 : 5),
    ];
  } finally {
    await Promise.all([load, ...subjects].map((each) => each.stop()));
    installed.remove();
  }
};

function perChunk(us: Measured, floor: Measured, peer: Measured, parsed: Measured): Row {
  const ratio = us.cpu / floor.cpu;
  return {
    id: "P2",
    what: "stream of 200 events: processor time per event",
    unit: "µs",
    ours: us.cpu / CHUNKS,
    floor: floor.cpu / CHUNKS,
    peer: peer.cpu / CHUNKS,
    ratio,
    target: "≤ 2 × the bare undici proxy",
    met: ratio <= 2,
    n: us.requests * CHUNKS,
    note: `a proxy that parses every event and does nothing with it: ${(parsed.cpu / CHUNKS).toFixed(1)} µs`,
  };
}

function first(us: Measured, direct: Measured, floor: Measured, peer: Measured): Row {
  const added = us.first - direct.first;
  return {
    id: "P2",
    what: "stream of 200 events: added time to the first one, one connection",
    unit: "ms",
    ours: added,
    floor: floor.first - direct.first,
    peer: peer.first - direct.first,
    target: "≤ 1 ms",
    met: added <= 1,
    n: us.requests,
  };
}

/** Many streams at the speed of a fast model: does one core keep up, and does nobody wait? */
async function together(load: ReturnType<typeof generator>, ours: Subject, seconds: number): Promise<Row> {
  const shape = chat({ model: "paced", stream: true });
  const one = { ...shape, headers: { ...shape.headers, ...ours.headers }, origin: ours.origin, connections: PACED_STREAMS };
  await load.run({ ...one, requests: PACED_STREAMS });
  const before = cpuSeconds(ours.pid);
  const loaded = await load.run({ ...one, requests: PACED_STREAMS * seconds });
  const cores = (cpuSeconds(ours.pid) - before) / loaded.seconds;
  return {
    id: "P2",
    what: `${PACED_STREAMS} streams at once, ${CHUNKS} events a second each: cores used`,
    unit: "cores",
    ours: cores,
    target: "≤ 1, and a one-second stream takes ≤ 1.25 s (p99)",
    met: cores <= 1 && loaded.p99 <= 1250 && loaded.failed === 0,
    n: PACED_STREAMS * seconds,
    note: `p50 ${(loaded.p50 / 1000).toFixed(2)} s, p99 ${(loaded.p99 / 1000).toFixed(2)} s`,
  };
}
