import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { notesOnPeople } from "./people.ts";
import type { PolicyConfig } from "./policy-config.ts";

const notes = (over: Partial<PolicyConfig>): readonly string[] =>
  notesOnPeople({ rules: [], people: { anna: { roles: ["finance"] } }, ...over } as PolicyConfig).map(({ path, message, hint = "" }) =>
    [path.join("."), message, hint].filter((part) => part !== "").join(": "),
  );

test("a role that is asked and nobody has, and a rule that goes through quiet hours and is not there, are said", () => {
  verifies("H-02");
  const rules = [{ id: "big-payment", approvers: ["finance", "board"] }] as unknown as PolicyConfig["rules"];
  assert.deepEqual(notes({ rules, oversight: { escalate: [{ to: ["finance"] }, { to: ["sec"] }], quiet: { through: ["big-payment", "big-paymnt"] } } }), [
    "rules.0.approvers.1: nobody in `people` has the role `board`: only the operator of this machine can answer",
    "oversight.escalate.1.to.0: nobody in `people` has the role `sec`: only the operator of this machine can answer",
    "oversight.quiet.through.1: there is no rule `big-paymnt` whose questions could go through the quiet hours: did you mean `big-payment`?",
  ]);
  assert.deepEqual(notes({ rules: [] }), []);
});
