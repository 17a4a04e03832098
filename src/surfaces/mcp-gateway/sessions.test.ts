import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessions } from "./sessions.ts";

const HOUR = 3_600_000;

test("a key that declares one conversation after the other takes nobody else's room, and forgets nothing of what it read", () => {
  let now = 0;
  const sessions = createSessions({ monotonic: () => now }, () => {});
  const [flood, other] = [
    { agent: "worker", capability: "key-1" },
    { agent: "worker", capability: "key-2" },
  ];
  let begun = 0;
  while (begun < 5_000 && sessions.begin("crm", flood, `conversation-${begun}`) !== undefined) begun++;
  assert.ok(begun >= 1_000 && begun < 2_000, `${begun}`);
  assert.notEqual(sessions.begin("crm", other), undefined);
  assert.notEqual(sessions.begin("crm", other, "of its own"), undefined);
  const again = sessions.begin("crm", flood, "conversation-0");
  assert.notEqual(again, undefined, "one that is known goes on");
  now += HOUR + 1;
  assert.notEqual(sessions.begin("crm", flood, "much later"), undefined);
});
