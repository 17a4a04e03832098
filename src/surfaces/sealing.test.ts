import assert from "node:assert/strict";
import { test } from "node:test";
import { createSealing } from "./sealing.ts";

const [here, there] = ["here", "there"].map((text) => Buffer.from(text)) as [Buffer, Buffer];

test("what was sealed opens here, for the same, and until its time is over; and nothing else does", () => {
  let now = 0;
  const sealing = createSealing({ now: () => now }, 1000);
  const sealed = sealing.close("grüße", here);
  assert.equal(sealing.open(sealed, here), "grüße");
  assert.notEqual(sealing.close("grüße", here), sealed);
  assert.equal(sealing.open(sealed, there), undefined);
  assert.equal(createSealing({ now: () => now }, 1000).open(sealed, here), undefined);
  for (let at = 0; at < sealed.length; at++) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
    assert.equal(sealing.open(changed, here), undefined, `at ${at}`);
    assert.equal(sealing.open(`${sealed.slice(0, at)} ${sealed.slice(at)}`, here), undefined, `a blank at ${at}`);
  }
  for (const other of [`${sealed}=`, `${sealed} `, `${sealed}\n`, Buffer.from(sealed, "base64url").toString("base64").replace(/=*$/, "=")])
    assert.equal(sealing.open(other, here), undefined, "in another form");
  for (const other of ["", "a", sealed.slice(4), sealed.slice(0, 40)]) assert.equal(sealing.open(other, here), undefined);
  now = 1000;
  assert.equal(sealing.open(sealed, here), "grüße");
  now = 1001;
  assert.equal(sealing.open(sealed, here), undefined);
});
