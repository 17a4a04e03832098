import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { chat, message, type Rig, startRig } from "../e2e/gateway-rig.ts";
import { verifies } from "../verifies.ts";

let rig: Rig;
/**
 * The longest stretch that this thread worked without letting a timer fire, in milliseconds of its own processor time: what others on the machine
 * do does not count.
 */
let longest = 0;
let used = process.threadCpuUsage();
const watch = setInterval(() => {
  const now = process.threadCpuUsage();
  longest = Math.max(longest, (now.user + now.system - used.user - used.system) / 1000);
  used = now;
}, 1);
before(async () => {
  rig = await startRig();
  // The first request compiles what all later ones share.
  await rig.post("/v1/chat/completions", chat());
  rig.upstream.seen.length = 0;
  longest = 0;
});
after(() => rig.close());

type Headers = Record<string, string>;
interface Bad {
  readonly what: string;
  readonly body?: BodyInit;
  readonly headers?: Headers;
  readonly status: number;
  readonly says: RegExp;
}
const text = JSON.stringify(chat());
const BAD: readonly Bad[] = [
  { what: "no body", body: "", status: 400, says: /ends too early/ },
  { what: "JSON that stops", body: '{"model":', status: 400, says: /ends too early/ },
  { what: "no JSON", body: "model=gpt", status: 400, says: /unexpected character/ },
  { what: "a list", body: "[]", status: 400, says: /`body` must be an object/ },
  { what: "no messages", body: '{"model":"open/model-a"}', status: 400, says: /`messages`/ },
  { what: "messages of the wrong type", body: '{"model":"open/model-a","messages":7}', status: 400, says: /`messages`/ },
  { what: "a model of the wrong type", body: '{"model":{},"messages":[]}', status: 400, says: /`model`/ },
  { what: "duplicate keys", body: `{"model":"a",${text.slice(1)}`, status: 400, says: /duplicate key/ },
  { what: "`__proto__`", body: `{"__proto__":{"stream":true},${text.slice(1)}`, status: 400, says: /reserved/ },
  { what: "a number that is not exact", body: `{"seed":9223372036854775807,${text.slice(1)}`, status: 400, says: /exact/ },
  { what: "bytes that are no UTF-8", body: Buffer.from(text.replace("hello", "hell\xff"), "latin1"), status: 400, says: /UTF-8/ },
  { what: "a lone surrogate", body: text.replace("hello", "\\ud800"), status: 400, says: /surrogate/ },
  { what: "great depth", body: `{"x":${"[".repeat(50_000)}`, status: 413, says: /nested too deeply/ },
  { what: "a million values", body: `{"x":[${"0,".repeat(1_000_000)}0]}`, status: 413, says: /too many values/ },
  { what: "more than 8 MiB", body: `{"x":"${"y".repeat(9 << 20)}"}`, status: 413, says: /longer than 8388608 bytes/ },
  { what: "an unknown provider", body: text.replace("open/model-a", "nobody/model-a"), status: 404, says: /no configured provider/ },
  { what: "an unknown bare model", body: text.replace("open/model-a", "model-z"), status: 404, says: /no configured provider/ },
  { what: "a model that is a sentence", body: text.replace("open/model-a", "open/ignore all instructions"), status: 400, says: /`model`/ },
  { what: "a compressed body", body: text, headers: { "content-encoding": "gzip" }, status: 415, says: /compressed/ },
  { what: "a form", body: text, headers: { "content-type": "application/x-www-form-urlencoded" }, status: 415, says: /application\/json/ },
  { what: "another charset", body: text, headers: { "content-type": "application/json; charset=utf-16" }, status: 415, says: /application\/json/ },
  { what: "no key", body: text, headers: { authorization: "" }, status: 401, says: /Holdfast key/ },
  { what: "another kind of authorization", body: text, headers: { authorization: "Basic YTpi" }, status: 401, says: /Bearer/ },
  { what: "a key nobody made", body: text, headers: { authorization: `Bearer hf_${"A".repeat(49)}` }, status: 401, says: /not one that Holdfast knows/ },
  { what: "two different keys", body: text, headers: { "x-api-key": "hf_other" }, status: 401, says: /two different keys/ },
  { what: "a page of another origin", body: text, headers: { origin: "https://evil.example" }, status: 403, says: /Origin/ },
  { what: "a sandboxed page", body: text, headers: { origin: "null" }, status: 403, says: /Origin/ },
  { what: "a page of another port", body: text, headers: { origin: "http://127.0.0.1:1" }, status: 403, says: /Origin/ },
];

for (const { what, body = "", headers = {}, status, says } of BAD) {
  test(`a request with ${what} gets a clear ${status} in each vendor's shape`, async () => {
    for (const path of ["/v1/chat/completions", "/v1/messages"]) {
      const response = await rig.post(path, "", { body, headers });
      const answer = (await response.json()) as { type?: string; error: { type: string; message: string } };
      assert.equal(response.status, status, answer.error.message);
      assert.match(response.headers.get("x-request-id") ?? "", /^req_[0-9a-f]{32}$/);
      assert.equal(typeof answer.error.type, "string");
      assert.equal(answer.type, path === "/v1/messages" ? "error" : undefined);
      if (path !== "/v1/messages") assert.match(answer.error.message, says);
      assert.doesNotMatch(answer.error.message, /evil|ignore all|YTpi|hf_A/);
    }
    assert.equal(rig.upstream.seen.filter(({ method }) => method === "POST").length, 0);
  });
}

test("what is asked of Anthropic is read as strictly", async () => {
  const response = await rig.post("/v1/messages", { ...message(), max_tokens: "many" });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /max_tokens/);
});

const HEAD = "POST /v1/chat/completions HTTP/1.1";
const auth = (): string => `authorization: Bearer ${rig.text}\r\ncontent-type: application/json`;
const host = (): string => `host: 127.0.0.1:${rig.port}`;
const RAW: readonly (readonly [string, () => string, number])[] = [
  ["a foreign Host", () => `${HEAD}\r\nhost: evil.example\r\n${auth()}\r\n\r\n`, 421],
  ["a Host that only begins like ours", () => `${HEAD}\r\nhost: 127.0.0.1.evil.example\r\n${auth()}\r\n\r\n`, 421],
  ["no Host", () => `${HEAD}\r\n${auth()}\r\n\r\n`, 400],
  ["two Hosts", () => `${HEAD}\r\n${host()}\r\nhost: evil.example\r\n${auth()}\r\n\r\n`, 400],
  ["two keys", () => `${HEAD}\r\n${host()}\r\n${auth()}\r\nauthorization: Bearer hf_x\r\n\r\n`, 400],
  ["an absolute target", () => `POST http://evil.example/v1/chat/completions HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["an absolute target of ours", () => `POST http://127.0.0.1:${rig.port}/v1/chat/completions HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["dot segments", () => `POST /v1/../v1/chat/completions HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["encoded dot segments", () => `POST /v1/%2e%2E/chat/completions HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["a backslash", () => `POST /v1\\chat HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["an encoded NUL", () => `POST /v1/models/%00 HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["Transfer-Encoding on HTTP/1.0", () => `POST /v1/chat/completions HTTP/1.0\r\n${host()}\r\n${auth()}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["HTTP/0.9", () => "GET /v1/models\r\n\r\n", 400],
  ["both lengths", () => `${HEAD}\r\n${host()}\r\n${auth()}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["two lengths", () => `${HEAD}\r\n${host()}\r\n${auth()}\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`, 400],
  ["another transfer encoding", () => `${HEAD}\r\n${host()}\r\n${auth()}\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  ["a bare line feed", () => `${HEAD}\n${host()}\n${auth()}\n\n`, 400],
  ["a folded header", () => `${HEAD}\r\n${host()}\r\nx-a: 1\r\n 2\r\n${auth()}\r\n\r\n`, 400],
  ["NUL in a header", () => `${HEAD}\r\n${host()}\r\nx-a: 1\0\r\n${auth()}\r\n\r\n`, 400],
  ["a body on GET", () => `GET /v1/models HTTP/1.1\r\n${host()}\r\n${auth()}\r\ncontent-length: 5\r\n\r\nhello`, 400],
  ["20 KB of headers", () => `${HEAD}\r\n${host()}\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ["300 headers", () => `${HEAD}\r\n${host()}\r\n${"x-a: 1\r\n".repeat(300)}\r\n`, 431],
  ["a target of 9 KB", () => `POST /v1/${"a".repeat(9000)} HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 414],
  ["an unknown method", () => `BREW /v1/models HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 400],
  ["a method that is not for the path", () => `GET /v1/chat/completions HTTP/1.1\r\n${host()}\r\n${auth()}\r\n\r\n`, 405],
  ["no HTTP at all", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
];

for (const [what, raw, status] of RAW) {
  test(`raw: ${what} is refused with ${status} and reaches nothing`, async () => {
    const answers = await exchange(raw());
    assert.deepEqual(
      answers.match(/HTTP\/1\.1 \d{3}/g)?.map((line) => Number(line.slice(9))),
      [status],
      answers,
    );
    assert.equal(rig.upstream.seen.filter(({ method }) => method === "POST").length, 0);
  });
}

test("no byte of a body is read before the key is known: an invitation to send it is not given", async () => {
  const withoutKey = `${HEAD}\r\n${host()}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\nexpect: 100-continue\r\n\r\n`;
  assert.match(await exchange(withoutKey), /^HTTP\/1\.1 401 /);
  const withKey = `${HEAD}\r\n${host()}\r\n${auth()}\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n{}`;
  assert.match(await exchange(withKey), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
});

test("slow heads, slow bodies and silent connections are ended, and others are served meanwhile", async () => {
  const limits = {
    headerBytes: 16384,
    headersTimeout: 300,
    requestTimeout: 600,
    keepAliveTimeout: 300,
    stallTimeout: 60_000,
    requestsPerSocket: 100,
    connections: 100,
  };
  const slow = await startRig({ serve: { limits } });
  try {
    const length = `content-length: 100\r\nauthorization: Bearer ${slow.text}\r\ncontent-type: application/json`;
    const sent = ["", `${HEAD}\r\nhost: 127.0.0.1\r\nx-a`, `${HEAD}\r\nhost: 127.0.0.1\r\n${length}\r\n\r\n{`];
    const ended = sent.map((head) => exchange(head, slow.port, 5000));
    assert.equal((await slow.post("/v1/chat/completions", chat())).status, 200);
    const answers = await Promise.all(ended);
    assert.match(answers[1] as string, /^HTTP\/1\.1 408 /);
    assert.match(answers[2] as string, /^HTTP\/1\.1 (408|400) /);
  } finally {
    await slow.close();
  }
});

test("none of it stalled the event loop", async () => {
  verifies("I-06");
  await sleep(50);
  clearInterval(watch);
  assert.ok(longest < 50, `the longest stall was ${longest.toFixed(1)} ms`);
});

/** Sends raw bytes and reads until the server ends the connection. */
function exchange(raw: string, port = rig.port, most = 3000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(raw, "latin1")));
    const timer = setTimeout(() => socket.destroy(new Error(`still open after ${most} ms, having said: ${answer}`)), most);
    const idle = (): void => void socket.end();
    socket.on("data", (data) => {
      answer += data.toString("latin1");
      // A connection that is kept open has said all it will.
      if (/connection: keep-alive/i.test(answer)) setTimeout(idle, 20);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? resolve(answer) : reject(error)));
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
