import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createSessions, SESSION_TIMES, type Sessions } from "./sessions.ts";

function open(): { sessions: Sessions; time: { wall: number; steady: number } } {
  const time = { wall: 0, steady: 0 };
  const clock = { now: () => time.wall, monotonic: () => time.steady, timer: () => () => {} };
  return { sessions: createSessions({ clock, random: randomBytes }), time };
}

test("a login link opens one session, once", () => {
  const { sessions } = open();
  const token = sessions.mint({ name: "anna" });
  const first = sessions.redeem(token);
  assert.ok(first);
  assert.match(first.cookie, /^[\w-]{43}$/);
  assert.deepEqual(sessions.verify(first.cookie), { name: "anna" });
  assert.equal(sessions.redeem(token), undefined);
});

test("neither a token is a cookie nor a cookie a token, and nothing else is either", () => {
  const { sessions } = open();
  const token = sessions.mint({ name: "anna" });
  assert.equal(sessions.verify(token), undefined);
  const { cookie } = sessions.redeem(token) ?? assert.fail();
  assert.equal(sessions.redeem(cookie), undefined);
  for (const guess of ["", "x", `${cookie}A`, cookie.slice(1), "__proto__"]) assert.equal(sessions.verify(guess), undefined);
});

for (const clock of ["wall", "steady"] as const) {
  test(`links and sessions end when the ${clock} clock says so, and turning the other back does not help`, () => {
    const { sessions, time } = open();
    const [token, late] = [sessions.mint({ name: "anna" }), sessions.mint({ name: "anna" })];
    const { cookie } = sessions.redeem(token) ?? assert.fail();
    time[clock === "wall" ? "steady" : "wall"] -= 1_000_000;
    time[clock] += SESSION_TIMES.token;
    assert.equal(sessions.redeem(late), undefined);
    assert.ok(sessions.verify(cookie));
    time[clock] += SESSION_TIMES.session;
    assert.equal(sessions.verify(cookie), undefined);
  });
}

test("a revoked session is over at once, and the others are not", () => {
  const { sessions } = open();
  const [one, two] = ["a", "b"].map((name) => sessions.redeem(sessions.mint({ name })) ?? assert.fail());
  sessions.revoke(one?.cookie ?? "");
  sessions.revoke("unknown");
  assert.equal(sessions.verify(one?.cookie ?? ""), undefined);
  assert.deepEqual(sessions.verify(two?.cookie ?? ""), { name: "b" });
  sessions.revokeAll();
  assert.equal(sessions.verify(two?.cookie ?? ""), undefined);
});

test("a flood of log-ins is bounded: the oldest goes first", () => {
  const { sessions } = open();
  const first = sessions.mint({ name: "first" });
  let last = "";
  for (let i = 0; i < 1000; i++) last = sessions.mint({ name: "next" });
  assert.equal(sessions.redeem(first), undefined);
  assert.ok(sessions.redeem(last));
});

test("a session that began without a link is as long as was said, and never longer than others", () => {
  const { sessions, time } = open();
  const [short, long] = [sessions.begin({ name: "anna", login: "anna@example.com" }, 60_000), sessions.begin({ name: "ben" }, 10 * SESSION_TIMES.session)];
  assert.deepEqual([short.expires, long.expires], [60_000, SESSION_TIMES.session]);
  assert.deepEqual(sessions.verify(short.cookie), { name: "anna", login: "anna@example.com" });
  assert.equal(sessions.redeem(short.cookie), undefined);
  time.wall += 60_000;
  assert.equal(sessions.verify(short.cookie), undefined);
  assert.ok(sessions.verify(long.cookie));
});

test("a session has a name that opens nothing, and grows old by whichever clock says more", () => {
  const { sessions, time } = open();
  const { cookie } = sessions.redeem(sessions.mint({ name: "anna" })) ?? assert.fail();
  const session = sessions.session(cookie) ?? assert.fail();
  assert.deepEqual(sessions.of("anna"), [session]);
  for (const guess of [sessions.verify(session.id), sessions.session(session.id), sessions.redeem(session.id)]) assert.equal(guess, undefined);
  time.wall += 5;
  time.steady += 9;
  assert.equal(sessions.session(cookie)?.age, 9);
  time.wall += 10;
  assert.equal(sessions.session(cookie)?.age, 15);
});

test("a person ends their own sessions and links, and nobody else's", () => {
  const { sessions } = open();
  const [anna, again, ben] = ["anna", "anna", "ben"].map((name) => sessions.redeem(sessions.mint({ name }))?.cookie ?? "");
  const link = sessions.mint({ name: "anna" });
  assert.equal(sessions.end("ben", sessions.session(anna ?? "")?.id ?? ""), false);
  assert.equal(sessions.end("anna", sessions.session(anna ?? "")?.id ?? ""), true);
  assert.equal(sessions.verify(anna ?? ""), undefined);
  assert.ok(sessions.verify(again ?? ""));
  sessions.endAll("anna");
  assert.deepEqual([sessions.verify(again ?? ""), sessions.redeem(link), sessions.verify(ben ?? "")?.name], [undefined, undefined, "ben"]);
});
