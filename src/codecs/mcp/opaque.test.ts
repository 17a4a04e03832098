import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLinear } from "../../../test/linear.ts";
import type { Json } from "../../core/json.ts";
import { readable } from "./opaque.ts";

const picture = { type: "image", data: "aGk=", mimeType: "image/png" };

test("a picture whose base64 stands in lines is one as well: a mask in it would break it", () => {
  const lines = { ...picture, data: "aGk\naGk=\r\n" };
  const { value, restore } = readable({ content: [lines] });
  assert.deepEqual(value, { content: [{ ...picture, data: "" }] });
  assert.deepEqual(restore(value), { content: [lines] });
  const words = { ...picture, data: "say\nthis now" };
  assert.deepEqual(readable({ content: [words] }).value, { content: [words] });
});

test("pictures are taken out and put back where they were, also where a text beside them was changed or left out", () => {
  const { value, restore } = readable({ content: [picture, { type: "text", text: "a" }], nextCursor: "c", structuredContent: { type: "image", data: "aGk=" } });
  assert.deepEqual(value, {
    content: [
      { ...picture, data: "" },
      { type: "text", text: "a" },
    ],
    nextCursor: "",
    structuredContent: { type: "image", data: "aGk=" },
  });
  assert.deepEqual(
    restore({
      content: [
        { ...picture, data: "" },
        { type: "text", text: "[x]" },
      ],
      nextCursor: "",
    }),
    {
      content: [picture, { type: "text", text: "[x]" }],
      nextCursor: "c",
    },
  );
});

test("a file that says that it is text is shown as its text, comes back as it was or with what was masked, and is empty where nobody can read it", () => {
  const file = (blob: string, mimeType = "text/plain"): { readonly contents: readonly Json[] } => ({ contents: [{ uri: "file:///x", mimeType, blob }] });
  const plain = readable(file("aGk="));
  assert.deepEqual(plain.value, file("hi"));
  assert.deepEqual(plain.restore(file("hi")), file("aGk="));
  assert.deepEqual(plain.restore(file("ha")), file("aGE="));
  for (const broken of ["_w==", "/w==", "A"]) assert.deepEqual(readable(file(broken)).restore(file("")), file(""), broken);
  assert.deepEqual(readable(file("/w==", "application/pdf")).restore(file("", "application/pdf")), file("/w==", "application/pdf"));
});

test("what a result full of pictures costs grows with their number, not with its square", () => {
  assertLinear((count) => {
    const { value, restore } = readable({ content: new Array<Json>(count).fill(picture) });
    assert.equal((restore(value)["content"] as readonly Json[]).length, count);
  }, 32_000);
});

test("a result in which nothing is opaque is not copied, neither on its way in nor back; one token makes it one that is", () => {
  const result = { content: [{ type: "text", text: "a" }], structuredContent: { nextCursor: "the tool's own word", type: "image", data: "aGk=" } };
  const { value, restore } = readable(result);
  assert.equal(value, result);
  const filtered = { content: [{ type: "text", text: "masked" }] };
  assert.equal(restore(filtered), filtered);
  assert.equal(readable({ ...result, nextCursor: "c" }).value["nextCursor"], "");
  assert.deepEqual(readable({ content: [[picture]] }).value, { content: [[{ ...picture, data: "" }]] });
});
