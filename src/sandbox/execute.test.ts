import assert from "node:assert/strict";
import { test } from "node:test";
import { type Obligation, permit } from "../core/decision.ts";
import type { Answer, Executed } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import { type Isolate, sandboxLayer } from "./execute.ts";

const request: Request = { id: "r", principal: { agent: "a" }, action: { type: "process.run" }, content: [], context: { time: 0, surface: "test" } };
const answer: Answer = { pump: async () => {} };

async function execute(
  obligations: readonly Obligation[],
  drivers: { readonly [name: string]: Isolate } = {},
): Promise<{ executed: Executed; performed: number }> {
  let performed = 0;
  const perform = async (): Promise<Answer> => {
    performed += 1;
    return answer;
  };
  const decision = permit({ id: "roles/x", text: "x" }, obligations);
  const executed = await sandboxLayer({ drivers }).execute(request, decision, perform, new AbortController().signal);
  return { executed, performed };
}

test("without an obligation to isolate, it is performed once", async () => {
  for (const obligations of [
    [],
    [
      { kind: "mask", findings: [] },
      { kind: "limit", name: "x", amount: 1 },
      { kind: "notify", channel: "x" },
    ] as const,
  ]) {
    assert.deepEqual(await execute(obligations), { executed: { kind: "ran", answer }, performed: 1 });
  }
});

test("what must be isolated runs through its driver and not beside it", async () => {
  const inside: Answer = { pump: async () => {} };
  const { executed, performed } = await execute([{ kind: "isolate", driver: "wasm" }], { wasm: async () => inside });
  assert.deepEqual([executed, performed], [{ kind: "ran", answer: inside }, 0]);
});

const REFUSED: readonly (readonly [string, readonly Obligation[], string])[] = [
  ["a driver that is not there", [{ kind: "isolate", driver: "docker" }], "sandbox/no-driver"],
  ["a driver named like a property of every object", [{ kind: "isolate", driver: "constructor" }], "sandbox/no-driver"],
  [
    "two different drivers",
    [
      { kind: "isolate", driver: "wasm" },
      { kind: "isolate", driver: "docker" },
    ],
    "sandbox/two-drivers",
  ],
  ["an obligation nobody knows", [{ kind: "levitate" } as unknown as Obligation], "sandbox/unknown-obligation"],
];
for (const [what, obligations, id] of REFUSED) {
  test(`${what} is refused before anything happened`, async () => {
    const { executed, performed } = await execute(obligations, { wasm: async () => answer });
    assert.deepEqual([executed.kind === "refused" && executed.reason.id, performed], [id, 0]);
  });
}

test("a driver that fails is not replaced by performing outside", async () => {
  const broken: Isolate = async () => {
    throw new Error("no kernel");
  };
  await assert.rejects(execute([{ kind: "isolate", driver: "wasm" }], { wasm: broken }), /no kernel/);
});
