import assert from "node:assert/strict";
import { test } from "node:test";
import { createCatalogue, type Target } from "./catalogue.ts";
import type { Upstream } from "./upstream.ts";

function open(offers: { readonly [id: string]: readonly string[] | Error }) {
  const time = { steady: 0 };
  const asked: string[] = [];
  const upstreams = Object.entries(offers).map(
    ([id, models]): Upstream => ({
      id,
      speaks: ["openai-chat"],
      ask: () => assert.fail("nothing is asked of a model to place it"),
      async models() {
        asked.push(id);
        if (models instanceof Error) throw models;
        return models;
      },
      close: async () => {},
    }),
  );
  const clock = { now: () => 0, monotonic: () => time.steady, timer: () => () => {} };
  const warned: string[] = [];
  const log = { info() {}, warn: (facts: object) => void warned.push(JSON.stringify(facts)), error() {} };
  return { catalogue: createCatalogue(upstreams, clock, log), time, asked, warned };
}

const idOf = (placed: Target | { message: string }): string => ("id" in placed ? placed.id : placed.message);

test("a model is placed by its provider, or by its bare name where one provider offers it", async () => {
  const { catalogue, asked } = open({ one: ["a", "both", "meta/llama"], two: ["b", "both"] });
  assert.equal(idOf(await catalogue.place("one/anything")), "one/anything");
  assert.deepEqual(asked, [], "a named provider is not asked for its list");
  assert.equal(idOf(await catalogue.place("a")), "one/a");
  assert.equal(idOf(await catalogue.place("meta/llama")), "one/meta/llama");
  assert.equal(idOf(await catalogue.place("b")), "two/b");
  assert.match(idOf(await catalogue.place("both")), /several providers .*`one\/…`, `two\/…`/);
  for (const unknown of ["c", "three/a", "one/", "", "a b", "x".repeat(300), "a\n"])
    assert.match(idOf(await catalogue.place(unknown)), /no configured provider/, unknown);
  assert.deepEqual(await catalogue.list(), ["one/a", "one/both", "one/meta/llama", "two/b", "two/both"]);
});

test("unknown names do not make us ask the providers again and again", async () => {
  const { catalogue, asked, time } = open({ one: ["a"] });
  for (let i = 0; i < 50; i++) await catalogue.place(`unknown-${i}`);
  assert.equal(asked.length, 1);
  time.steady += 30_000;
  await Promise.all([catalogue.place("x"), catalogue.place("y")]);
  assert.equal(asked.length, 2);
});

test("a provider that does not list its models takes none of the others away", async () => {
  const { catalogue, warned } = open({ one: new Error("down"), two: ["b"] });
  assert.deepEqual(await catalogue.list(), ["two/b"]);
  assert.equal(idOf(await catalogue.place("one/a")), "one/a");
  assert.deepEqual(warned, ['{"upstream":"one"}']);
});
