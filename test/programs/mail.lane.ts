/** Mail through a real mail server: what waits for a person arrives, over TLS that somebody vouches for, and otherwise not at all. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { sendMail } from "../../src/compose/people/smtp.ts";
import { Secret } from "../../src/config/secret.ts";
import { serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-mail-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2";
execFileSync(
  "openssl",
  ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"].concat([
    "-addext",
    names,
    "-keyout",
    at("key.pem"),
    "-out",
    at("cert.pem"),
  ]),
  { stdio: "ignore" },
);
const [key, cert] = [readFileSync(at("key.pem"), "utf8"), readFileSync(at("cert.pem"), "utf8")];
const PASSWORD = "correct horse battery";

interface Box {
  readonly port: number;
  readonly mails: { readonly to: readonly string[]; readonly text: string; readonly secure: boolean }[];
  /** How often somebody tried to log in. */
  readonly logins: string[];
  close(): Promise<void>;
}

async function mailServer(options: SMTPServerOptions, host = "127.0.0.1"): Promise<Box> {
  const mails: Box["mails"] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    key,
    cert,
    authOptional: true,
    onAuth({ username = "", password = "" }, _session, done) {
      logins.push(username);
      if (password === PASSWORD) return done(null, { user: username });
      done(Object.assign(new Error("no"), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      let text = "";
      stream.on("data", (chunk) => (text += String(chunk)));
      stream.on("end", () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text, secure: session.secure });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, mails, logins, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

const LETTER = { to: "anna@example.org", subject: "HF-1: support asks", text: "look\n", id: "HF-1-pending" };
const from = "holdfast@example.org";
const login = { user: "holdfast", password: new Secret(PASSWORD) };

test("a mail arrives over TLS from the first byte, or after STARTTLS, with a stable id and no answer expected", async (t) => {
  verifies("H-04");
  for (const [scheme, options] of [
    ["smtps", { secure: true }],
    ["smtp", {}],
  ] as const) {
    const box = await mailServer(options, "127.0.0.2");
    t.after(() => box.close());
    assert.deepEqual(await sendMail({ server: `${scheme}://127.0.0.2:${box.port}`, from, to: [], ca: cert, ...login }, LETTER), { is: "taken" });
    assert.equal(box.mails.length, 1);
    const [{ text, to, secure } = { text: "", to: [], secure: false }] = box.mails;
    assert.deepEqual([to, secure, box.logins], [["anna@example.org"], true, ["holdfast"]]);
    assert.match(text, /^Message-ID: <HF-1-pending@holdfast>\r$/m);
    assert.match(text, /^Auto-Submitted: auto-generated\r$/m);
  }
});

test("neither the mail nor the password goes out in plain, or to a server that nobody vouches for", async (t) => {
  verifies("H-04");
  const bare = await mailServer({ hideSTARTTLS: true, disabledCommands: ["STARTTLS"], allowInsecureAuth: true }, "127.0.0.2");
  const strange = await mailServer({ secure: true }, "127.0.0.2");
  t.after(() => Promise.all([bare.close(), strange.close()]));
  for (const server of [`smtp://127.0.0.2:${bare.port}`, `smtps://127.0.0.2:${strange.port}`, `smtps://127.0.0.2:${bare.port}`])
    assert.notEqual((await sendMail({ server, from, to: [], ...login }, LETTER)).is, "taken", server);
  for (const box of [bare, strange]) assert.deepEqual([box.mails, box.logins], [[], []]);
});

test("a server on this machine may do without TLS; one that refuses for good is not asked again, one that is busy is", async (t) => {
  const local = await mailServer({ disabledCommands: ["STARTTLS", "AUTH"] });
  const busy = await mailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error("later"), { responseCode: 451 })),
    disabledCommands: ["STARTTLS"],
  });
  const refusing = await mailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error("no"), { responseCode: 550 })),
    disabledCommands: ["STARTTLS"],
  });
  t.after(() => Promise.all([local.close(), busy.close(), refusing.close()]));
  const sent = async (box: Box): Promise<unknown> => sendMail({ server: `smtp://127.0.0.1:${box.port}`, from, to: [] }, LETTER);
  assert.deepEqual(await sent(local), { is: "taken" });
  assert.deepEqual(await sent(busy), { is: "later", status: 451 });
  assert.deepEqual(await sent(refusing), { is: "refused", status: 550 });
});

test("what an agent asks arrives as a mail to whoever may answer, with a link and no argument", { timeout: 60_000 }, async (t) => {
  verifies("H-04");
  const box = await mailServer({ secure: true });
  t.after(() => box.close());
  const gateway = await serve(
    `
models: {}
roles: { all: { read: [], write: ["pay.*"] } }
agents: { support: { role: all } }
rules:
  - { id: big, when: action.type == "tool.call", then: ask, approvers: [finance], mode: enforce }
people:
  anna: { roles: [finance], mail: anna@example.org, token: "${"a-token-of-more-than-32-characters"}" }
  ben: { roles: [security], mail: ben@example.org, token: "${"b-token-of-more-than-32-characters"}" }
oversight:
  mail: { server: "smtps://127.0.0.1:${box.port}", from: ${from}, user: holdfast, password: \${env:MAIL_PASSWORD}, ca: "\${file:${at("cert.pem")}}" }
`,
    { env: { MAIL_PASSWORD: PASSWORD } },
  );
  t.after(() => gateway.stop());
  const asked = await fetch(`${gateway.url}/api/v1/decide`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ principal: { agent: "support" }, action: { type: "tool.call", tool: "pay.send", args: { to: "ACME", amount: 9_000 } } }),
  });
  assert.equal(asked.status, 202);
  const { ticket } = (await asked.json()) as { ticket: string };
  for (let tries = 0; box.mails.length === 0 && tries < 200; tries++) await pause(25);
  await pause(200);
  assert.deepEqual(
    box.mails.map(({ to }) => to),
    [["anna@example.org"]],
  );
  const text = box.mails[0]?.text.replaceAll("=\r\n", "") ?? "";
  assert.ok(text.includes(`${gateway.url}/approvals/${ticket}`), text);
  assert.doesNotMatch(text, /ACME|9000/);
  assert.doesNotMatch(gateway.said(), new RegExp(PASSWORD));
});
