/** A worker that is told: no looking in between, and nobody but Holdfast can tell it. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { verifies } from "../verifies.ts";
import { call, POLICY, shop } from "./rig.ts";

const SECRET = `whsec_${Buffer.from("a callback of the clerk").toString("base64")}`;

/** Where the worker listens; whoever wants the next message gets it. */
async function mailbox() {
  const messages: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  let came = (): void => {};
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    messages.push({ headers: request.headers, body });
    response.writeHead(204).end();
    came();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`,
    async next() {
      while (messages.length === 0) await new Promise<void>((resolve) => (came = resolve));
      return messages.shift()!;
    },
  };
}

test("a worker at its own address is told of the answer and goes on at once; nothing that Holdfast has not signed wakes it", async () => {
  verifies("H-02", "H-04");
  const box = await mailbox();
  const policy = POLICY.replace("models: [practice/*],", `models: [practice/*], callbacks: [{ url: "${box.url}", secret: "\${env:CALLBACK_SECRET}" }],`);
  const one = await shop({ policy, env: { CALLBACK_SECRET: SECRET } });
  after(() => one.stop());
  let looks = 0;
  const counting: typeof fetch = (input, init) => {
    if (String(input).includes("/tickets/")) looks++;
    return fetch(input, init);
  };
  // Looked at once, and then for a day not again.
  const worker = one.client({ pace: { from: 86_400_000, to: 86_400_000 }, callback: SECRET, fetch: counting });
  const waiting = Promise.withResolvers<string>();
  const result = worker.guard(call("shop.pay", { to: "ACME", amount: 9 }), ({ args }) => `paid ${String(args["amount"])}`, {
    waiting: ({ ticket }) => waiting.resolve(ticket),
  });
  const ticket = await waiting.promise;

  const body = JSON.stringify({ type: "ticket.answered", data: { ticket, state: "approved" } });
  const signed = (secret: string, seconds: number): { readonly [name: string]: string } => ({
    "webhook-id": "1",
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
      .update(`1.${seconds}.${body}`)
      .digest("base64")}`,
  });
  const now = Math.floor(Date.now() / 1000);
  const forged: readonly { readonly [name: string]: string }[] = [
    {},
    signed("whsec_b3RoZXI=", now),
    signed(SECRET, now - 3_600),
    { ...signed(SECRET, now), "webhook-id": "2" },
    { ...signed(SECRET, now), "webhook-signature": "v1," },
  ];
  for (const headers of forged) assert.equal(await worker.answered(headers, body), false, JSON.stringify(headers));
  assert.equal(await worker.answered(new Headers(signed(SECRET, now)), `${body} `), false, "another body");
  assert.equal(looks, 1);
  assert.equal(await worker.answered(new Headers(signed(SECRET, now)), body), true);
  await one.answer(ticket, { action: "approve" });
  const told = await box.next();
  assert.deepEqual((JSON.parse(told.body) as { readonly data: object }).data, { ticket, state: "approved", location: `/api/v1/tickets/${ticket}` });
  assert.doesNotMatch(told.body, /ACME|shop/);
  assert.equal(await worker.answered(told.headers, told.body), true);
  assert.equal(await result, "paid 9");
  assert.ok(looks <= 3, `it looked ${looks} times`);
  await assert.rejects(one.client().answered(told.headers, told.body), TypeError);
});
