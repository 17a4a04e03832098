/**
 * The client as others have it: built, in a folder without this checkout, under ours and under every other Node that is on this machine. The
 * guide's code and the example run there as they are printed.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../scripts/root.ts";
import { blocksOf, missingLines } from "../readme.ts";
import { temporaryFolder } from "../serve.ts";
import { type Shop, shop } from "./rig.ts";

const blocks = blocksOf(readFileSync(join(ROOT, "docs/guide/client.md"), "utf8"));
const packages = join(ROOT, "node_modules");

/** The oldest that the client is for; frameworks want a newer one. */
const OLDEST = 20;
const OLDEST_OF_FRAMEWORKS = 22;

/** Each Node by its version, ours first. */
const nodes = new Map([[process.version, process.execPath]]);
for (const place of (process.env["PATH"] ?? "").split(delimiter).filter((entry) => !entry.includes("node_modules"))) {
  const { stdout } = spawnSync(join(place, "node"), ["--version"], { encoding: "utf8" });
  if (majorOf(stdout ?? "") >= OLDEST) nodes.set(stdout.trim(), join(place, "node"));
}

function majorOf(version: string): number {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
}

/** Models that want `orders` of ACME, and say what they were told. */
const MODEL = `
import { Usage } from "@openai/agents";
import { MockLanguageModelV4 } from "ai/test";
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
const call = { type: "tool-call", toolCallId: "1", toolName: "orders", input: '{"customer":"ACME"}' };
export const model = new MockLanguageModelV4({
  doGenerate: [
    { content: [call], finishReason: { unified: "tool-calls" }, usage, warnings: [] },
    { content: [{ type: "text", text: "One order." }], finishReason: { unified: "stop" }, usage, warnings: [] },
  ],
});
export const agentModel = {
  async getResponse({ input }) {
    const { type, output } = input.at(-1);
    const text = { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: \`I was told: \${output?.text}\` }] };
    const wanted = { type: "function_call", callId: "1", name: "orders", arguments: call.input, status: "completed" };
    return { usage: new Usage(), output: [type === "function_call_result" ? text : wanted] };
  },
};
`;

/** Uses the types of the package alone. */
const TYPED = `
import { connect, Denied, type AsJson } from "holdfast/client";
import { guardTools } from "holdfast/client/ai-sdk";
import { guardAgent } from "holdfast/client/openai-agents";
import { fileStore } from "holdfast/client/file";
const holdfast = connect({ key: "hf_12345678", store: fileStore("notes") });
const pay = holdfast.tool({ name: "shop.pay", parameters: ["to", "when"] }, async (to: string, when?: number) => ({ to, at: new Date(when ?? 0) }));
const paid: Promise<{ to: string; at: string }> = pay("ACME", 1);
// @ts-expect-error a number is no name
pay(1);
const code = (error: unknown): string | undefined => (error instanceof Denied ? error.code : undefined);
const one: AsJson<Map<string, number>>["size"] = 1;
export { paid, code, one, guardTools, guardAgent };
`;

describe("the client as others have it", () => {
  const folder = temporaryFolder();
  let one: Shop;
  let approving = true;
  let approved: Promise<void> | undefined;

  const run = (program: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> => {
    const child = spawn(program, args, { cwd: folder, env: { PATH: "/usr/bin:/bin", NO_COLOR: "1", HOLDFAST_URL: one?.url, HOLDFAST_KEY: one?.key } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
  };
  const start = async (policy: string): Promise<void> => {
    await one?.stop();
    one = await shop({ policy });
  };

  before(async () => {
    const own = join(folder, "node_modules/holdfast");
    mkdirSync(own, { recursive: true });
    cpSync(join(ROOT, "package.json"), join(own, "package.json"));
    const built = await run(join(packages, ".bin/tsc"), ["-p", join(ROOT, "src/client"), "--outDir", join(own, "dist")]);
    assert.equal(built.code, 0, built.said);
    mkdirSync(join(folder, "node_modules/@openai"));
    // What is used of `@openai/agents` is all of its core.
    for (const [name, from = name] of [["ai"], ["zod"], ["@openai/agents", "@openai/agents-core"]] as const)
      symlinkSync(join(packages, from), join(folder, "node_modules", name));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "model.mjs"), MODEL);
    await start(blocks.find(({ info }) => info === "yaml")?.text ?? "");
    approved = (async () => {
      while (approving) {
        const open = (await one.operate("GET", "/api/v1/approvals?state=pending").catch(() => [])) as readonly { readonly id: string }[];
        for (const { id } of open) await one.answer(id, { action: "approve" });
        await pause(50);
      }
    })();
  });
  after(async () => {
    approving = false;
    await approved;
    await one?.stop();
  });

  test("the guide has code to run", () => assert.ok(blocks.filter(({ info }) => info === "js run").length >= 4));

  for (const [version, node] of nodes)
    for (const [index, { info, text, line }] of blocks.entries()) {
      if (info !== "js run" || (text.includes("./model.mjs") && majorOf(version) < OLDEST_OF_FRAMEWORKS)) continue;
      test(`the guide's line ${line} does what it says, under Node ${version}`, async () => {
        const file = join(folder, `line-${line}.mjs`);
        writeFileSync(file, text);
        const { code, said } = await run(node, [file]);
        assert.equal(code, 0, said);
        const promised = blocks[index + 1]?.info === "text output" ? (blocks[index + 1]?.text ?? "") : "";
        // Each Node asks a question of its own.
        assert.deepEqual(missingLines(promised.replace("HF-1 ", "HF-… "), said), [], said);
      });
    }

  test("its types are there without this checkout", async () => {
    writeFileSync(join(folder, "typed.ts"), TYPED);
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom", "--types", ""];
    const { code, said } = await run(join(packages, ".bin/tsc"), [...options, "typed.ts"]);
    assert.equal(code, 0, said);
  });

  test("the example waits for a person, pays once, and its model sees what the filter lets out", async () => {
    await start("agents: { default: { role: builtin/assistant } }\nrules: [ { id: pay, when: act.money > 500, then: ask, mode: enforce } ]");
    cpSync(join(ROOT, "examples/guarded/agent.mjs"), join(folder, "agent.mjs"));
    const { code, said } = await run(process.execPath, ["agent.mjs"]);
    assert.equal(code, 0, said);
    const wanted = [
      "HF-1 waits for a person: holdfast approvals approve HF-1",
      "tool:  paying 900 euros for order 1002",
      'model: This came of it: {"paid":900,"account":"[iban]"}',
    ];
    assert.deepEqual(said.trim().split("\n"), wanted);
  });
});
