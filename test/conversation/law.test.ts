import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Content } from "../../src/core/content.ts";
import { stricter } from "../../src/core/decision.ts";
import { verifies } from "../verifies.ts";
import { ASKS, CUSTOMERS, call, model, PAGE, PLAN, result, SECRET, SEND, SEND_EVIL, user, world } from "./world.ts";

/** A conversation as a client may grow, fork and rewrite it: each step takes an earlier state and does something to it. */
const steps = fc.array(
  fc.record({
    from: fc.nat(),
    kind: fc.constantFrom(
      "fresh" as const,
      "goes on" as const,
      "goes on" as const,
      "goes on" as const,
      "drops" as const,
      "rewrites" as const,
      "tells" as const,
    ),
    text: fc.constantFrom("Read on.", "What else is there?", ASKS.text as string, "Look at it again, please.", PLAN, PAGE),
    answers: fc.array(
      fc.constantFrom(call("web.read"), call("crm.find"), call("vault.read"), call("vault.lock"), call("files.read"), model("Well."), model(PLAN)),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  }),
  { maxLength: 14 },
);
const startsWith = (said: readonly Content[], turn: readonly Content[]): boolean => JSON.stringify(said.slice(0, turn.length)) === JSON.stringify(turn);
const RESULTS: { readonly [tool: string]: string } = {
  "web.read": PAGE,
  "crm.find": CUSTOMERS,
  "vault.read": SECRET,
  "vault.lock": "locked",
  "files.read": "Nothing.",
};

test("whatever else a key does, and however it grows, forks and rewrites conversations: one that is recognised is never judged more mildly than all by itself", () => {
  verifies("P-09", "P-10");
  let recognised = 0;
  fc.assert(
    fc.property(steps, (all) => {
      const [mine, whole] = [world(), world({ own: false })];
      /** What the client has, and the requests that led there, each with its answer. */
      const states: { said: readonly Content[]; led: readonly (readonly [readonly Content[], readonly Content[]])[] }[] = [{ said: [], led: [] }];
      /** All that was asked, with its answer: what a conversation may go on from. */
      const asked: (readonly Content[])[] = [];
      for (const { from, kind, text, answers } of all) {
        const state = states[from % states.length]!;
        const said =
          kind === "fresh"
            ? [user(text)]
            : kind === "drops"
              ? [...state.said.filter((_, at) => at % 3 !== from % 3), user(text)]
              : kind === "rewrites"
                ? [...state.said.map((one) => (one.source.kind === "model" && one.text !== undefined ? model(`${one.text} Indeed.`) : one)), user(text)]
                : kind === "tells"
                  ? [user(state.said.map((one) => one.text ?? "").join("\n")), user(text)]
                  : [...state.said, user(text)];
        const isOurs = asked.some((turn) => startsWith(said, turn) && !said.slice(turn.length).some(({ source }) => source.kind === "model"));
        const isRewritten = !isOurs && said.some(({ source }) => source.kind === "model");
        const led = kind === "goes on" ? state.led : [];
        const answer = [...answers, SEND, SEND_EVIL];
        const [owns, keys] = [mine.ask(said, answer).effects, whole.ask(said, answer).effects];
        const alone = world({ own: false });
        for (const [one, answered] of led) alone.ask(one, answered);
        for (const [at, itself] of alone.ask(said, answer).effects.entries()) {
          const [own, key] = [owns[at]!, keys[at]!];
          assert.equal(stricter(own, itself), own, `alone it is ${itself}, and here ${own}`);
          if (own === "permit" && key !== "permit") recognised++;
          // What may be a rewritten past is judged by all of them.
          if (isRewritten && key !== "permit") assert.notEqual(own, "permit");
        }
        asked.push(said, [...said, ...answer]);
        const results = answer.flatMap(({ source: { id } }) => (id === undefined || RESULTS[id] === undefined ? [] : [result(id, RESULTS[id] as string)]));
        states.push({ said: [...said, ...answer, ...results], led: [...led, [said, answer]] });
      }
    }),
    { numRuns: 300, seed: 38 },
  );
  assert.ok(recognised > 50, `only ${recognised} decisions were milder than by the whole key: the law would be true of nothing`);
});
