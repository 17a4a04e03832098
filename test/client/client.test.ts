import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Validator } from "@cfworker/json-schema";
import { fileStore } from "../../src/client/file.ts";
import { Denied, Expired, Failed, type GuardFault, Refused, Rejected, type Request, Unfinished, type Waiting } from "../../src/client/index.ts";
import { temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { call, type Shop, shop } from "./rig.ts";

/** What something rejects with, as what it must be; fails where it resolves. */
async function faultOf<T extends GuardFault>(doing: Promise<unknown>, Fault: abstract new (...given: never[]) => T): Promise<T> {
  const error = await doing.then(
    (value) => assert.fail(`it resolved: ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof Fault, String(error));
  return error;
}

describe("the client and a real server", () => {
  let one: Shop;
  before(async () => {
    one = await shop();
  });
  after(() => one.stop());

  /** A call that a person is asked about; how the person answers; what was run of it. */
  async function asked(args: object, answer: object, tool = "shop.pay") {
    const ran: object[] = [];
    const questions: Waiting[] = [];
    const result = one.holdfast.guard(
      call(tool, args),
      ({ args: decided }) => {
        ran.push(decided);
        return "sent";
      },
      {
        waiting(question) {
          questions.push(question);
          void one.answer(question.ticket, answer);
        },
      },
    );
    return { result, ran, questions };
  }

  test("what a connection declares that its agent is about to do holds for every function of it: something else needs a person", async () => {
    verifies("P-11");
    const holdfast = one.client({ intent: { tools: ["shop.orders"], effect: "read" } });
    assert.equal(await holdfast.tool({ name: "shop.orders", effect: "read" }, () => "1002")(), "1002");
    const { effect, reasons } = await holdfast.decide({ action: { type: "tool.call", tool: "shop.note", args: { text: "x" } } });
    assert.equal(effect, "ask");
    assert.deepEqual(
      reasons.flatMap(({ id }) => (id.startsWith("flow/declared") ? [id] : [])),
      ["flow/declared-effect", "flow/declared-tool"],
    );
    const other = { ...call("shop.note", { text: "x" }), context: { intent: { tools: ["shop.*"] } } };
    await assert.rejects(
      holdfast.guard(other, () => assert.fail("it was performed")),
      TypeError,
    );
  });

  test("what is permitted is performed once, and its result is what the filter lets out", async () => {
    let runs = 0;
    const result = await one.holdfast.guard(call("shop.orders", { of: "ACME" }), ({ args }) => {
      runs++;
      return { of: args["of"], paid: "from DE89 3704 0044 0532 0130 00", count: 2, at: new Date(0) };
    });
    assert.deepEqual(result, { of: "ACME", paid: "from [iban]", count: 2, at: "1970-01-01T00:00:00.000Z" });
    assert.equal(runs, 1);
  });

  test("what is denied is not performed, and says which decision and why", async () => {
    const denied = await faultOf(
      one.holdfast.guard(call("shop.refund"), () => assert.fail("it was performed")),
      Denied,
    );
    assert.deepEqual([denied.code, denied.performed, denied.reasons[0]?.effect], ["default-deny", "no", "deny"]);
    assert.match(denied.id, /^req_/);
    assert.match(denied.message, /^not permitted: nothing permits this action \(default-deny, req_\w+\)$/);
  });

  test("what is asked waits for its answer, and is performed once it is approved", async () => {
    const { result, ran, questions } = await asked({ to: "ACME", amount: 1 }, { action: "approve" });
    assert.equal(await result, "sent");
    assert.deepEqual(ran, [{ to: "ACME", amount: 1 }]);
    assert.equal(questions.length, 1);
    assert.match(questions[0]?.ticket ?? "", /^HF-\d+$/);
    assert.ok(Math.abs((questions[0]?.expires?.getTime() ?? 0) - Date.now() - 3_600_000) < 60_000);
  });

  test("what an approver changed is performed as the approver wrote it", async () => {
    verifies("H-02");
    const { result, ran } = await asked({ to: "ACME", amount: 2 }, { action: "edit", args: { to: "ACME", amount: 1.5, note: "half" } });
    assert.equal(await result, "sent");
    assert.deepEqual(ran, [{ to: "ACME", amount: 1.5, note: "half" }]);
  });

  test("what a person wants to know first the agent says, once; the question is answered by the person alone", async () => {
    verifies("H-02");
    const heard: string[] = [];
    const result = one.holdfast.guard(call("shop.pay", { to: "ACME", amount: 11 }), () => "sent", {
      waiting: ({ ticket }) => void one.answer(ticket, { action: "ask", reason: "which invoice?" }),
      async asked(text, { ticket }) {
        heard.push(text);
        // Whoever asked reads the answer a little later.
        setTimeout(async () => {
          const { remarks } = (await one.operate("GET", `/api/v1/approvals/${ticket}`)) as {
            readonly remarks: readonly { readonly from: string; readonly by: string; readonly text: string }[];
          };
          heard.push(...remarks.map(({ from, by, text: said }) => `${from} ${by}: ${said}`));
          await one.answer(ticket, { action: "approve" });
        }, 300);
        return "number 17";
      },
    });
    assert.equal(await result, "sent");
    assert.deepEqual(heard, ["which invoice?", "person operator: which invoice?", "agent clerk: number 17"]);
  });

  test("what a person rejects is not performed, now and when it is asked again", async () => {
    const { result, ran } = await asked({ to: "ACME", amount: 3 }, { action: "reject", reason: "no" });
    await faultOf(result, Rejected);
    await faultOf((await asked({ to: "ACME", amount: 3 }, {})).result, Rejected);
    assert.deepEqual(ran, []);
  });

  test("what nobody answers in time is not performed", async () => {
    const expired = await faultOf(
      one.holdfast.guard(call("shop.gift", { to: "ACME" }), () => assert.fail("it was performed")),
      Expired,
    );
    assert.match(expired.ticket, /^HF-\d+$/);
    assert.equal(expired.performed, "no");
  });

  test("what was asked for is performed, whatever became of the caller's object since", async () => {
    const args = { to: "ACME", nested: { amount: 4 } };
    const result = one.holdfast.guard(call("shop.note", args), ({ args: decided }) => decided);
    args.to = "mallory";
    args.nested.amount = 4000;
    assert.deepEqual(await result, { to: "ACME", nested: { amount: 4 } });
  });

  test("what JSON would change or drop is refused before anything is asked", async () => {
    for (const wrong of [new Date(), new Map([["a", 1]]), () => 1, Symbol("a"), 1n, Number.NaN, "\ud83d", [undefined], new (class A {})()]) {
      const result = one.holdfast.guard(call("shop.note", { wrong }), () => assert.fail("it was performed"));
      await assert.rejects(result, /`request\/action\/args\/wrong(\/0)?` is not JSON/);
    }
    const round: { self?: object } = {};
    round.self = round;
    await assert.rejects(
      one.holdfast.guard(call("shop.note", { round }), () => assert.fail("it was performed")),
      /nested too deeply/,
    );
  });

  test("a function that throws may have done it: its error is the cause, and not in the message", async () => {
    const thrown = new Error("password=hunter2");
    const failed = await faultOf(
      one.holdfast.guard(call("shop.note"), () => Promise.reject(thrown)),
      Failed,
    );
    assert.equal(failed.cause, thrown);
    assert.equal(failed.performed, "unknown");
    assert.doesNotMatch(failed.message, /hunter2/);
    for (let status = ""; status !== "failed"; await pause(20)) {
      const { summary } = (await one.operate("GET", `/api/v1/audit/${failed.id}`)) as { readonly summary: { readonly status: string } };
      status = summary.status; // the outcome is recorded with the next group commit; if it never is, the test does not end
    }
  });

  test("a result that no filter can look at is withheld, and it is said that it was done", async () => {
    const round: { self?: object } = {};
    round.self = round;
    const unfinished = await faultOf(
      one.holdfast.guard(call("shop.note"), () => round),
      Unfinished,
    );
    assert.equal(unfinished.performed, "yes");
  });

  test("a stream of texts is released in one piece, so that what is split over two of them is found", async () => {
    async function* parts() {
      yield "from DE89 3704 ";
      yield "0044 0532 0130 00.";
    }
    const text: string = await one.holdfast.guard(call("shop.orders"), parts);
    assert.equal(text, "from [iban].");
  });

  test("nothing is a result, and stays nothing", async () => {
    assert.equal(await one.holdfast.guard(call("shop.note"), () => undefined), undefined);
  });

  test("a text that was cut within a character is a result all the same", async () => {
    const cut = "well \u{1f600}".slice(0, -1);
    assert.equal(await one.holdfast.guard(call("shop.note"), () => cut), "well \ufffd");
    assert.deepEqual(await one.holdfast.guard(call("shop.note"), () => [cut]), ["well \ufffd"]);
  });

  test("a wrapped function keeps its form, and each of its arguments is decided about", async () => {
    const pay = one.holdfast.tool({ name: "shop.note", parameters: ["to", "amount"] }, (to: string, amount?: number) => `${to}: ${amount}`);
    const text: string = await pay("ACME", 5);
    assert.equal(text, "ACME: 5");
    assert.equal(await pay("ACME"), "ACME: undefined");
    const wide = pay as (...given: unknown[]) => Promise<string>;
    await assert.rejects(wide("ACME", 5, "unseen"), /`shop.note` was given 3 arguments, and 2 have a name/);
    const list = one.holdfast.tool({ name: "shop.orders", effect: "read" }, async ({ of }: { of: string }) => [of]);
    assert.deepEqual(await list({ of: "ACME" }), ["ACME"]);
    await assert.rejects((list as (...given: unknown[]) => Promise<unknown>)({ of: "ACME" }, "unseen"), /name its `parameters`/);
  });

  test("arguments of an approver that the function does not have are not performed", async () => {
    const pay = one.holdfast.tool(
      { name: "shop.pay", parameters: ["to"], waiting: ({ ticket }) => void one.answer(ticket, { action: "edit", args: { to: "ACME", unseen: 1 } }) },
      (_to: string) => assert.fail("it was performed"),
    );
    const denied = await faultOf(pay("wrapped"), Denied);
    assert.equal(denied.code, "client/arguments");
  });

  test("two of the same at once are two questions, each approved for one", async () => {
    const ran: object[] = [];
    const questions = new Set<string>();
    const pay = () =>
      one.holdfast.guard(call("shop.pay", { to: "twice" }), ({ args }) => void ran.push(args), {
        waiting: ({ ticket }) => void (questions.has(ticket) || (questions.add(ticket) && one.answer(ticket, { action: "approve" }))),
      });
    await Promise.all([pay(), pay()]);
    assert.deepEqual([ran.length, questions.size], [2, 2]);
  });

  test("for whom the agent acts goes with everything that is asked over a connection", async () => {
    const holdfast = one.client({ principal: { agent: "clerk", user: "uwe" } });
    const { id } = await holdfast.decide(call("shop.orders"));
    const { summary } = (await one.operate("GET", `/api/v1/audit/${id}`)) as { readonly summary: { readonly user?: string } };
    assert.match(summary.user ?? "", /^h:/, "the log has it under another name");
    const users: unknown[] = [];
    const waiting = async ({ ticket }: Waiting): Promise<void> => {
      users.push(((await one.operate("GET", `/api/v1/approvals/${ticket}`)) as { readonly user?: string }).user);
      await one.answer(ticket, { action: "approve" });
    };
    await holdfast.tool({ name: "shop.pay", waiting }, () => "done")();
    assert.deepEqual(users, ["uwe"]);
    const stranger = one.client({ principal: { agent: "boss" } });
    const refused = await faultOf(
      stranger.guard(call("shop.orders"), () => assert.fail("it was performed")),
      Refused,
    );
    assert.equal(refused.code, "forbidden");
  });

  test("the halves are there for whoever performs elsewhere", async () => {
    const decision = await one.holdfast.decide(call("shop.orders"));
    assert.equal(decision.effect, "permit");
    const released = await one.holdfast.release(decision.id, { content: [{ text: "from DE89 3704 0044 0532 0130 00" }, { value: 1 }] });
    assert.deepEqual(released.content, [{ text: "from [iban]" }, { value: 1 }]);
    const again = await faultOf(one.holdfast.release(decision.id, { text: "again" }), Refused);
    assert.deepEqual([again.status, again.code], [404, "not-found"]);
    const found = await one.holdfast.inspect("pay to DE89 3704 0044 0532 0130 00");
    assert.equal(found.findings[0]?.["detector"], "iban");
  });

  test("a key that nobody knows is refused, and nothing is performed", async () => {
    const stranger = one.client({ key: "hf_not-a-key-at-all" });
    const refused = await faultOf(
      stranger.guard(call("shop.note"), () => assert.fail("it was performed")),
      Refused,
    );
    assert.deepEqual([refused.code, refused.performed], ["unauthenticated", "no"]);
  });

  test("a caller who goes away ends the wait, and the question stays open for the next start", async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const holdfast = one.client({ store: fileStore(folder) });
    const result = holdfast.guard(call("shop.pay", { to: "later" }), () => assert.fail("it was performed"), {
      signal: controller.signal,
      waiting: () => controller.abort(new Error("gone")),
    });
    await assert.rejects(result, /gone/);
    const [left, ...more] = await one.client({ store: fileStore(folder) }).resume();
    assert.deepEqual([left?.state, left?.request, more], ["waiting", call("shop.pay", { to: "later" }), []]);
    await one.answer(left?.ticket ?? "", { action: "approve" });
    assert.equal(await left?.continue(({ args }) => `to ${args["to"]}`), "to later");
    assert.deepEqual(await holdfast.resume(), []);
  });

  test("a call that was given up before it began is not performed, though it is permitted", async () => {
    const controller = new AbortController();
    const holdfast = one.client({
      async fetch(...given) {
        const response = await fetch(...given);
        controller.abort(new Error("given up"));
        return response;
      },
    });
    await assert.rejects(
      holdfast.guard(call("shop.note"), () => assert.fail("it was performed"), { signal: controller.signal }),
      /given up/,
    );
  });

  test("all that is sent, and all that comes back, is what the OpenAPI document says", async () => {
    const exchanges: { readonly method: string; readonly path: string; readonly sent: unknown; readonly answered: unknown }[] = [];
    const holdfast = one.client({
      async fetch(url, init) {
        const response = await fetch(url, init);
        const path = new URL(String(url)).pathname.replace(/HF-\d+$/, "{id}");
        const sent = init?.body === undefined ? undefined : JSON.parse(String(init.body));
        exchanges.push({ method: (init?.method ?? "GET").toLowerCase(), path, sent, answered: await response.clone().json() });
        return response;
      },
    });
    const whole: Request = {
      action: { type: "tool.call", tool: "shop.pay", args: { to: "ACME", deep: [{ a: null }] } },
      resource: { type: "account", id: "7" },
      content: [
        { text: "Pay ACME.", source: "user" },
        { value: { a: 1 }, source: "tool:shop.orders" },
      ],
      principal: { agent: "clerk", user: "uwe" },
    };
    const waiting = ({ ticket }: Waiting): void => void one.answer(ticket, { action: "edit", args: { to: "ACME" } });
    await holdfast.guard(whole, () => "text", { waiting });
    await holdfast.guard(call("shop.orders"), () => ({ value: 1 }));
    await assert.rejects(holdfast.guard(call("shop.note"), () => Promise.reject(new Error())));
    await assert.rejects(holdfast.guard(call("shop.refund"), () => 1));
    await holdfast.release((await holdfast.decide(call("shop.note"))).id, { content: [{ text: "a" }, { value: [] }] });
    await holdfast.inspect("hello", { source: "web", direction: "output" });
    const document = JSON.parse(readFileSync(new URL("../../docs/reference/openapi.json", import.meta.url), "utf8"));
    const valid = (schema: object, value: unknown, where: string): void => {
      const { errors } = new Validator({ ...schema, components: document.components }, "2020-12", false).validate(value);
      assert.deepEqual(errors, [], where);
    };
    for (const { method, path, sent, answered } of exchanges) {
      const operation = document.paths[path][method];
      if (sent !== undefined) valid(operation.requestBody.content["application/json"].schema, sent, `${path}: ${JSON.stringify(sent)}`);
      valid(operation.responses["200"].content["application/json"].schema, answered, `${path}: ${JSON.stringify(answered)}`);
    }
    assert.equal(new Set(exchanges.map(({ path }) => path)).size, 4);
  });
});
