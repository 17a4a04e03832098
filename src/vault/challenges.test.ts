import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { CHALLENGE_MS, createChallenges, type Deed } from "./challenges.ts";

function open() {
  const time = { wall: 0, steady: 0 };
  const clock = { now: () => time.wall, monotonic: () => time.steady, timer: () => () => {} };
  return { time, challenges: createChallenges({ clock, random: (bytes) => randomBytes(bytes) }) };
}
const deed = (over: Partial<Deed> = {}): Deed => ({ method: "POST", path: "/api/v1/x", sha256: "ab", session: "s", person: "anna", ...over });

test("a challenge is good for its own deed and for no other, however the parts are cut", () => {
  const { challenges } = open();
  const text = fc.string({ maxLength: 6, unit: fc.constantFrom("a", ":", "1", "\n", "é") });
  const some = fc.record({ method: text, path: text, sha256: text, session: text, person: text });
  fc.assert(
    fc.property(some, some, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      assert.equal(challenges.redeem(challenges.issue(one).challenge, other), same ? "good" : "other");
    }),
    { numRuns: 500 },
  );
});

test("it is used up by whatever it was shown for, and the same deed gets another one", () => {
  const { challenges } = open();
  const { challenge } = challenges.issue(deed());
  assert.notEqual(challenges.issue(deed()).challenge, challenge);
  assert.equal(challenges.redeem(challenge, deed({ path: "/y" })), "other");
  assert.equal(challenges.redeem(challenge, deed()), "unknown");
  for (const guess of ["", "A".repeat(43), "__proto__"]) assert.equal(challenges.redeem(guess, deed()), "unknown");
});

test("a session that asks for more and more loses its own oldest, and nobody else's; all together are bounded", () => {
  const { challenges, time } = open();
  const kept = challenges.issue(deed({ session: "other" })).challenge;
  const own = Array.from({ length: 11 }, () => challenges.issue(deed()).challenge);
  assert.equal(challenges.redeem(own[0] ?? "", deed()), "unknown");
  assert.equal(challenges.redeem(own[1] ?? "", deed()), "good");
  assert.equal(challenges.redeem(kept, deed({ session: "other" })), "good");
  const flood = (): void => {
    for (let n = 0; n < 2_001; n++) challenges.issue(deed({ session: `s${n}` }));
  };
  assert.throws(flood, /too many passkeys are being asked for/);
  time.steady += CHALLENGE_MS;
  challenges.issue(deed());
});
