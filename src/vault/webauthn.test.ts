import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticator } from "../../test/authenticator.ts";
import { systemClock } from "../compose/platform.ts";
import { createWebauthn } from "./webauthn.ts";

const site = { host: "localhost", origins: ["http://localhost:1"] };
const ceremony = { challenge: "Y2hhbGxlbmdl", host: "localhost", origin: "http://localhost:1" };

test("what is checked is checked elsewhere: the event loop is not kept waiting, and the thread ends when it is told to", async () => {
  const webauthn = createWebauthn(systemClock);
  const key = authenticator();
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  const made = await webauthn.verifyMade(key.make(ceremony), ceremony.challenge, site);
  const [whole, here] = [process.cpuUsage(all), process.threadCpuUsage(own)].map(({ user, system }) => user + system);
  // Of all that loading the library takes, this thread has a small part.
  assert.ok(Number(here) < Number(whole) / 4, `${here} of ${whole} microseconds`);
  assert.equal(await webauthn.verifyShown(key.sign(ceremony), ceremony.challenge, site, made), 1);
  await webauthn.shut();
});

test("a thread that does not answer is ended in time, and what was asked is refused as unknown; the next question begins another", async () => {
  let late = (): void => {};
  const webauthn = createWebauthn({
    timer: (_ms, fire) => {
      late = fire;
      return () => {};
    },
  });
  const key = authenticator();
  const asked = webauthn.verifyMade(key.make(ceremony), ceremony.challenge, site);
  late();
  await assert.rejects(asked, { code: "unavailable" });
  const made = await webauthn.verifyMade(key.make(ceremony), ceremony.challenge, site);
  assert.equal(made.counter, 0);
  await webauthn.shut();
});

test("a new passkey is kept under the id that was signed, and not under one that stands beside it", async () => {
  const webauthn = createWebauthn(systemClock);
  const made = authenticator().make(ceremony);
  await assert.rejects(webauthn.verifyMade({ ...made, credential: authenticator().credential }, ceremony.challenge, site), { code: "forbidden" });
  await webauthn.shut();
});
