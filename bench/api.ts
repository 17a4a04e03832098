/** P13: one decision over HTTP, parsed, decided and recorded, beside the least that Node's HTTP server can do. */
import { holdfast, install } from "./http/holdfast.ts";
import { interleave } from "./http/interleave.ts";
import { generator, small } from "./http/subject.ts";
import type { Bench } from "./row.ts";

const BUSY = 64;
const body = JSON.stringify({
  principal: { agent: "bench" },
  action: { type: "tool.call", tool: "crm.read_orders", args: { customer: "4711", since: "2026-11-01" } },
});
const shape = {
  path: "/api/v1/decide",
  headers: { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) },
  body,
  connections: BUSY,
};

export const run: Bench = async ({ quick }) => {
  const hello = await small("hello", "hello.ts");
  const installed = await install("http://127.0.0.1:9");
  const ours = await holdfast(installed);
  const load = generator();
  try {
    const measured = await interleave(
      load,
      [hello, ours],
      // In all fewer than the guard against loops lets through of one and the same read.
      (subject) => ({ ...shape, holds: subject === ours ? '"effect":"permit"' : "hello", requests: 1_000 }),
      quick ? 1 : 7,
    );
    const [us, floor] = [measured.get(ours)!, measured.get(hello)!];
    const ratio = us.perSecond / floor.perSecond;
    return [
      {
        id: "P13",
        what: `decision over HTTP: requests per second, ${BUSY} connections`,
        unit: "1/s",
        ours: us.perSecond,
        floor: floor.perSecond,
        ratio,
        target: "≥ 0.5 × node:http hello",
        met: ratio >= 0.5,
        n: us.requests,
        note: `processor time per request: ${us.cpu.toFixed(0)} µs, hello ${floor.cpu.toFixed(0)} µs`,
      },
    ];
  } finally {
    await Promise.all([load, hello, ours].map((each) => each.stop()));
    installed.remove();
  }
};
