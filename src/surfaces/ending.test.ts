import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, type Decision, deny, join, permit } from "../core/decision.ts";
import { ERROR_CODES, HoldfastError } from "../core/errors.ts";
import { type Ending, endingOf } from "./ending.ts";

const PERMIT = permit({ id: "roles/a", text: "permitted" });
const no = (id: string): Decision => deny({ id, text: `no by ${id}` });
const retry = (decision: Decision, amount: number): Decision => ({ ...decision, obligations: [{ kind: "limit", name: "retry-after", amount }] });
const QUESTION = ask({ id: "rules/big", text: "a big one" });
const NOBODY = deny({ id: "oversight/nobody", text: "nobody can be asked" });

const DENIED: readonly (readonly [string, Decision, Partial<Ending>])[] = [
  ["a role", no("roles/a"), { status: 403, code: "roles/a", effect: "deny", policy: true }],
  ["a rule", no("rules/b"), { status: 403, code: "rules/b" }],
  ["a detector", no("detectors/iban"), { status: 400, code: "detectors/iban" }],
  ["a limit", retry(no("limits/requests"), 12.1), { status: 429, code: "limits/requests", retryAfter: 13, policy: false }],
  ["a limit that does not say until when", no("limits/requests"), { status: 429, retryAfter: 1 }],
  ["a failing layer", no("layers/input"), { status: 503, code: "layers/input", retryAfter: 5, policy: false }],
  ["a failing layer and a limit", join(no("layers/input"), no("limits/requests")), { status: 503 }],
  ["a failing layer and a role", join(no("layers/input"), no("roles/a")), { status: 403, code: "roles/a" }],
  ["a limit and a role", join(no("limits/requests"), no("roles/a")), { status: 403, code: "roles/a" }],
  ["a question that nobody can answer", join(QUESTION, NOBODY), { status: 403, code: "rules/big", effect: "ask" }],
  ["a question, and a role", join(join(QUESTION, NOBODY), no("roles/a")), { status: 403, effect: "deny" }],
  ["nothing that is named", { effect: "deny", reasons: [], obligations: [] }, { status: 403, code: "denied" }],
];
for (const [what, decision, expected] of DENIED) {
  test(`a denial by ${what} is told as ${expected.status}`, () => {
    const ending = endingOf({ status: "denied", decision });
    for (const [name, value] of Object.entries(expected)) assert.equal(ending?.[name as keyof Ending], value, name);
  });
}

test("an answer that was let out is no ending; one that was blocked is the reason's", () => {
  const done = (decision: Decision) => endingOf({ status: "done", decision: PERMIT, verdict: { decision, passages: [] } });
  assert.equal(done(PERMIT), undefined);
  const blocked = done(join(PERMIT, no("detectors/iban")));
  assert.deepEqual([blocked?.status, blocked?.code, blocked?.effect], [400, "detectors/iban", "permit"]);
});

test("every error code has an ending that clients understand, and none tells what is inside", () => {
  for (const code of ERROR_CODES) {
    const known = endingOf({ status: "failed", decision: PERMIT, code, error: new HoldfastError(code, "said plainly") });
    assert.ok(known !== undefined && known.status >= 400 && known.status < 600 && known.message === "said plainly");
    const foreign = endingOf({ status: "failed", decision: PERMIT, code, error: new Error("SECRET in a stack") });
    assert.doesNotMatch(JSON.stringify(foreign), /SECRET/);
  }
});
