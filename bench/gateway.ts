/** P1: one JSON request and answer of 1 KB each through the gateway. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { holdfast, install } from "./http/holdfast.ts";
import { interleave } from "./http/interleave.ts";
import { chat } from "./http/load-shapes.ts";
import { generator, portkey, small } from "./http/subject.ts";
import { type Bench, median, type Row } from "./row.ts";

const BUSY = 32;

export const run: Bench = async ({ quick }) => {
  const direct = await small("direct", "upstream.ts");
  const undici = await small("undici", "undici-proxy.ts", direct.origin);
  const peer = await portkey(direct.origin);
  const installed = await install(direct.origin);
  const ours = await holdfast(installed);
  const load = generator();
  const subjects = [direct, undici, peer, ours];
  try {
    const rounds = quick ? 1 : 7;
    const busy = await interleave(load, subjects, () => ({ ...chat(), connections: BUSY, requests: quick ? 1_000 : 10_000 }), rounds);
    const calm = await interleave(load, subjects, () => ({ ...chat(), connections: 1, requests: quick ? 200 : 1_000 }), rounds);
    const commit = await commitMs(installed.folder, quick ? 20 : 200);
    const of = (from: typeof busy) => ({ us: from.get(ours)!, floor: from.get(undici)!, direct: from.get(direct)!, portkey: from.get(peer)! });
    return [...busyRows(of(busy)), calmRow(of(calm), commit)];
  } finally {
    await Promise.all([load, ...subjects].map((each) => each.stop()));
    installed.remove();
  }
};

type Figures = Record<"us" | "floor" | "direct" | "portkey", { cpu: number; perSecond: number; p50: number; requests: number }>;

function busyRows({ us, floor, portkey: peer }: Figures): readonly Row[] {
  const [cpu, rate] = [us.cpu / floor.cpu, us.perSecond / peer.perSecond];
  return [
    {
      id: "P1",
      what: "gateway, JSON 1 KB: processor time per request",
      unit: "µs",
      ours: us.cpu,
      floor: floor.cpu,
      peer: peer.cpu,
      ratio: cpu,
      target: "≤ 2.5 × the bare undici proxy",
      met: cpu <= 2.5,
      n: us.requests,
    },
    {
      id: "P1",
      what: `gateway, JSON 1 KB: requests per second, ${BUSY} connections`,
      unit: "1/s",
      ours: us.perSecond,
      floor: floor.perSecond,
      peer: peer.perSecond,
      ratio: rate,
      target: "≥ 4 × Portkey",
      met: rate >= 4,
      n: us.requests,
      note: "load generator, upstream and gateway share the cores",
    },
  ];
}

function calmRow({ us, floor, direct, portkey: peer }: Figures, commit: number): Row {
  const added = (one: { p50: number }): number => one.p50 - direct.p50;
  const most = 1.7 * added(floor) + commit;
  return {
    id: "P1",
    what: "gateway, JSON 1 KB: added median latency, one connection",
    unit: "ms",
    ours: added(us),
    floor: added(floor),
    peer: added(peer),
    ratio: added(us) / most,
    target: "≤ 1.7 × undici's + one group commit",
    met: added(us) <= most,
    n: us.requests,
    note: `a commit took ${commit.toFixed(3)} ms; the ratio is to the target`,
  };
}

/** The median time of appending one small record and waiting until the disk has it. */
async function commitMs(folder: string, times: number): Promise<number> {
  const file = await open(join(folder, "commit"), "a");
  const record = Buffer.alloc(1024, "x");
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    await file.write(record);
    await file.datasync();
    took.push(performance.now() - begun);
  }
  await file.close();
  return median(took);
}
