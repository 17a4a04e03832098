import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { writeStandIn, writeTinyModel } from "../../../test/larger-model/tiny.ts";
import { verifies } from "../../../test/verifies.ts";
import { faultOf, runtimeIn } from "./files.ts";
import { largerModel } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-larger-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const directory = join(folder, "model");
writeTinyModel(directory);

/** It does what a text says. */
const runtime = writeStandIn(
  folder,
  `return Object.assign(async (texts) => {
    console.log("the package prints this");
    if (texts.includes("work")) for (const end = Date.now() + 400; Date.now() < end; );
    if (texts.includes("hang")) for (;;);
    if (texts.includes("die")) process.exit(1);
    if (texts.includes("throw")) throw new Error("no tensor");
    if (texts.includes("environment")) return { logits: { dims: [1, 2], data: [0, Object.keys(process.env).length] } };
    return { logits: { dims: [texts.length, 2], data: texts.flatMap((text) => [0, text === "attack" ? 5 : -5]) } };
  }, { config: { id2label: { 0: "SAFE", 1: "INJECTION" } } });`,
);
const model = (options: Partial<Parameters<typeof largerModel>[0]> = {}) =>
  largerModel({ directory, runtime, label: "INJECTION", deadline: 5_000, ...options });
const refused = (why: RegExp) => (error: unknown) => error instanceof Error && why.test(error.message);
/** Of what the package said itself, whoever asks learns nothing: it may name files of this machine. */
const because = (why: RegExp, cause: RegExp) => (error: unknown) =>
  refused(why)(error) && !cause.test((error as Error).message) && error instanceof Error && cause.test(String(error.cause));

describe("a larger model in a thread", () => {
  test("answers each text with a probability, in order", async () => {
    verifies("I-05");
    const printed: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((...args: Parameters<typeof write>) => {
      printed.push(String(args[0]));
      return write.apply(process.stdout, args);
    }) as typeof write;
    const one = model();
    const [attack = 0, plain = 1] = await one.ask(["attack", "plain"]);
    assert.ok(attack > 0.99 && plain < 0.01);
    const answers = await Promise.all(["plain", "attack", "plain"].map((text) => one.ask([text])));
    assert.deepEqual(
      answers.map(([score = 0]) => Math.round(score)),
      [0, 1, 0],
    );
    assert.deepEqual(await one.ask(["environment"]), [0.5], "it knows none of our environment");
    await wait(50);
    process.stdout.write = write;
    assert.ok(!printed.some((text) => text.includes("the package prints this")), "what the package prints is not printed among ours");
    await one.close();
    await assert.rejects(one.ask(["plain"]), refused(/closed/));
  });

  test("that works keeps nobody waiting, and is late when its deadline has passed", async () => {
    verifies("I-05", "I-06");
    const one = model({ deadline: 150 });
    while (
      !(await one.ask(["plain"]).then(
        () => true,
        () => false,
      ))
    );
    // A turn that waited for the model's 400 ms of work would be the only one.
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const begun = performance.now();
    await assert.rejects(one.ask(["work"]), refused(/no answer within 150 ms/));
    assert.ok(performance.now() - begun >= 145);
    assert.ok(ticks > 3, "others had their turn");
    clearInterval(ticking);
    await wait(600);
    assert.deepEqual((await one.ask(["attack"])).map(Math.round), [1], "what it said too late is nobody's answer");
    await one.close();
  });

  test("that hangs, dies, throws or cannot be loaded is absent, and what waits for it is answered so", async () => {
    verifies("I-05");
    const hanging = model({ deadline: 100 });
    await assert.rejects(hanging.ask(["hang"]), refused(/no answer within 100 ms/));
    await assert.rejects(hanging.ask(["plain"]), refused(/no answer within 100 ms/));
    await hanging.close();

    const dying = model();
    const waiting = dying.ask(["plain", "die"]);
    await assert.rejects(waiting, refused(/its thread has ended/));
    await assert.rejects(dying.ask(["plain"]), refused(/its thread has ended/), "it is not begun again at once");
    await dying.close();

    const throwing = model();
    await assert.rejects(throwing.ask(["throw"]), because(/it failed/, /no tensor/));
    assert.deepEqual((await throwing.ask(["attack"])).map(Math.round), [1]);
    await throwing.close();

    const nowhere = model({ runtime: join(folder, "nothing.cjs") });
    await assert.rejects(nowhere.ask(["plain"]), because(/it cannot be loaded; `holdfast check` says why/, /nothing\.cjs/));
    await nowhere.close();
    const other = model({ label: "JAILBREAK" });
    await assert.rejects(other.ask(["plain"]), because(/it cannot be loaded/, /no class `JAILBREAK`/));
    await other.close();
  });

  test("has no more than 32 questions wait", async () => {
    verifies("I-06");
    const one = model({ deadline: 300 });
    const asked = await Promise.allSettled([one.ask(["hang"]), ...Array.from({ length: 40 }, () => one.ask(["plain"]))]);
    assert.equal(asked.filter((answer) => answer.status === "rejected" && /too many/.test(String(answer.reason))).length, 9);
    await one.close();
  });

  test("is missed before it is asked: each thing that is not there has its next step", () => {
    verifies("I-05");
    const good = { directory, runtime: folder, label: "INJECTION" };
    assert.equal(faultOf(good), undefined);
    assert.equal(runtimeIn(folder), runtime);
    assert.deepEqual(
      [faultOf({ ...good, directory: folder })?.key, faultOf({ ...good, directory: folder })?.message],
      ["directory", "the model's folder has no `config.json`"],
    );
    const spoiled = (file: string, spoil: (path: string) => void): string | undefined => {
      const other = join(folder, "spoiled");
      rmSync(other, { recursive: true, force: true });
      writeTinyModel(other);
      spoil(join(other, file));
      return faultOf({ ...good, directory: other })?.message;
    };
    assert.equal(
      spoiled("onnx/model.onnx", (path) => truncateSync(path, 0)),
      "the model's folder has no `onnx/model.onnx`",
    );
    const asFolder = (path: string): void => {
      rmSync(path);
      mkdirSync(path);
    };
    assert.equal(spoiled("onnx/model.onnx", asFolder), "the model's folder has no `onnx/model.onnx`");
    assert.equal(
      spoiled("config.json", (path) => writeFileSync(path, "{")),
      "the model's `config.json` is no JSON",
    );
    const began = performance.now();
    assert.equal(
      spoiled("config.json", (path) => truncateSync(path, 1e9)),
      "the model's `config.json` is larger than 1048576 bytes",
    );
    assert.ok(performance.now() - began < 500, "what is too large is not read");
    const ofAnotherKind = { model_type: "gpt2", architectures: ["GPT2LMHeadModel"], id2label: { 0: "SAFE", 1: "INJECTION" } };
    assert.equal(
      spoiled("config.json", (path) => writeFileSync(path, JSON.stringify(ofAnotherKind))),
      "the model does not classify texts: it is `GPT2LMHeadModel`",
    );
    assert.match(faultOf({ ...good, label: "BAD" })?.hint ?? "", /it has `SAFE`, `INJECTION`/);
    assert.match(faultOf({ ...good, runtime: directory })?.hint ?? "", /npm install --ignore-scripts @huggingface\/transformers@/);
  });
});
