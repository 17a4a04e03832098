import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { type Driver, KEPT_APART } from "./driver.ts";
import { ESCAPES } from "./escapes.ts";
import { type Proof, prover, type Run } from "./prove.ts";
import { together } from "./together.ts";

/** What a shell would say: every mark, and between the two of each attempt what comes of it; `most`: how many it gets to. */
function spoken(script: string, came: string, most = Number.POSITIVE_INFINITY): string {
  const marks = [...script.matchAll(/^echo "(mark-\w+ (begun|over) \d+)"$/gm)].slice(0, most);
  return marks.map(([, mark, word]) => `${mark}\n${word === "begun" ? `${came}\n` : ""}`).join("");
}

/** A driver whose cells are what `inside` says they are; it starts nothing. */
function rig(inside: (script: string, times: number) => string) {
  const programs: string[] = [];
  let cells = 0;
  const run: Run = {
    cell: async (prepared) => ({ output: inside("argv" in prepared ? (prepared.argv.at(-1) ?? "") : "", cells++) }),
    async program(argv) {
      const script = argv.at(-1) ?? "";
      if (argv[0] === "bash") programs.push(script);
      return { output: argv[0] === "bash" ? spoken(script, "ESCAPED") || "ESCAPED" : "1000" };
    },
  };
  const driver = (id: string): Driver => ({
    id,
    runs: "programs",
    wayOut: false,
    missing: async () => undefined,
    keeps: async () => KEPT_APART,
    prepare: async ({ command }) => ({ argv: command, env: {}, close: async () => ({ outOfMemory: false }) }),
    reap: async () => {},
  });
  return { driver, programs, cells: () => cells, all: prover(run, () => Promise.reject(new Error("it has no way out"))) };
}
const attempts = ESCAPES.filter(({ wayOut }) => wayOut !== true);
const alone = attempts.filter((one) => one.alone === true).length;
const counted = (proof: Proof, is: (one: Proof["attempts"][number]) => boolean): number => proof.attempts.filter(is).length;

test("what is compared with is tried once, for the first driver, and the report of the next says so", async (t) => {
  verifies("C-06");
  const { all, driver, programs, cells } = rig((script) => spoken(script, ""));
  t.after(() => all.close());
  const one = await all.prove(driver("one"));
  const tried = programs.length;
  assert.deepEqual([one.attempts.length, one.broken, cells()], [attempts.length, [], 1 + alone]);
  const other = await all.prove(driver("other"));
  assert.equal(programs.length, tried);
  const controlled = attempts.filter(({ control }) => control === true).length;
  assert.deepEqual([counted(one, ({ shared }) => shared === true), counted(other, ({ shared }) => shared === true)], [0, controlled]);
  assert.deepEqual([counted(other, ({ control }) => control === "escaped"), other.broken], [controlled, []]);
});

test("what would harm the machine is never tried outside, not even among others", async (t) => {
  verifies("C-06");
  const { all, driver, programs } = rig((script) => spoken(script, ""));
  t.after(() => all.close());
  await all.prove(driver("one"));
  for (const { id, script, control } of attempts) assert.equal(programs.join("\n").includes(script), control === true, id);
});

test("a cell that never begins keeps nothing apart, whatever it does not say", async (t) => {
  verifies("C-06");
  const { all, driver } = rig(() => "");
  t.after(() => all.close());
  const proof = await all.prove(driver("none"));
  assert.deepEqual([proof.keeps, counted(proof, ({ held, made }) => held || made)], [[], 0]);
});

test("what was begun and not over is not held, unless it is one that the sandbox is to end", async (t) => {
  verifies("C-06");
  // The cells of those that are made alone die after their beginning.
  const { all, driver } = rig((script) => spoken(script, "", script.split('echo "mark-').length > 3 ? undefined : 1));
  t.after(() => all.close());
  const proof = await all.prove(driver("dies"));
  const unknown = attempts.filter((one) => one.alone === true && one.from !== "memory" && one.from !== "time").map(({ id }) => id);
  assert.deepEqual([proof.attempts.filter(({ held }) => !held).map(({ id }) => id), proof.broken], [unknown, ["files", "cpu", "pids"]]);
  assert.equal(
    counted(proof, ({ made, held }) => made !== held),
    0,
  );
});

test("what ends a cell that many share is made again alone, and so is nothing that came before it", async (t) => {
  verifies("C-06");
  // The tenth begins and is not over; the next cells are whole.
  const { all, driver, cells } = rig((script, times) => spoken(script, "", times === 0 ? 19 : undefined));
  t.after(() => all.close());
  const proof = await all.prove(driver("breaks"));
  assert.deepEqual([proof.attempts.length, proof.broken, cells()], [attempts.length, [], 3 + alone]);
  assert.deepEqual(new Set(proof.attempts.map(({ id }) => id)).size, attempts.length);
});

test("one that gets out among others is found, and only that one", async (t) => {
  verifies("C-06");
  const index = attempts.findIndex(({ id }) => id === "loopback");
  const { all, driver } = rig((script) => spoken(script, "").replace(new RegExp(`(mark-\\w+ begun ${index}\n)(?=\nmark-\\w+ over ${index}\n)`), "$1ESCAPED\n"));
  t.after(() => all.close());
  const proof = await all.prove(driver("leaks"));
  assert.deepEqual([proof.broken, proof.attempts.filter(({ held }) => !held).map(({ id }) => id)], [["network"], ["loopback"]]);
});

test("what one says is not taken for what another says, and a mark that is not ours is none", () => {
  const { script, sections } = together(["a", "b", "c"]);
  assert.match(script, /^exec 2>\/dev\/null\n/);
  const [mark] = /mark-\w+/.exec(script) ?? [];
  const output = `${mark} begun 0\nESCAPED\n${mark} over 0\n${mark} begun 1\nmark-000000000000 over 1\n`;
  const [one, two, three] = sections(output);
  assert.deepEqual([one?.said.includes("ESCAPED"), one?.over], [true, true]);
  assert.deepEqual([two?.said.includes("ESCAPED"), two?.over, three], [false, false, undefined]);
});
