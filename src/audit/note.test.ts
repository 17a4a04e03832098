import assert from "node:assert/strict";
import { test } from "node:test";
import { otherSigner, testSigner } from "../../test/faults/audit-fixture.ts";
import { codeOf } from "../core/errors.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { noteSigner, noteVerifier, openNote, signerKey, signNote } from "./note.ts";

const verifier = noteVerifier(testSigner.vkey);

test("a note signed by another implementation is verified, with the key as that one writes it", () => {
  // The example of Go's golang.org/x/mod/sumdb/note.
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
  const peter = noteVerifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  assert.equal(openNote(`${text}\n\u2014 PeterNeumann ${signature}\n`, peter), text);
  assert.equal(openNote(`${text.replace("answer", "remedy")}\n\u2014 PeterNeumann ${signature}\n`, peter), undefined);
});

test("what was signed is opened by its own key and by no other of the same name", () => {
  const note = signNote("one\n\ntwo\n", testSigner);
  assert.equal(openNote(note, verifier), "one\n\ntwo\n");
  assert.equal(openNote(note, noteVerifier(otherSigner.vkey)), undefined);
});

test("signatures of others beside ours are ignored; a false one in our name spoils the note", () => {
  const note = signNote("text\n", testSigner);
  const foreign = "\u2014 example.com/witness AAAAAAAA\n";
  assert.equal(openNote(note + foreign, verifier), "text\n");
  const [, , ours] = /^([\s\S]*\n)\n(\u2014 .*\n)$/.exec(note) ?? [];
  assert.ok(ours);
  const forged = ours.replace(/.{8}=*\n$/, "AAAAAAA=\n");
  assert.equal(openNote(note + forged, verifier), undefined);
});

const malformed: readonly (readonly [string, string])[] = [
  ["no signature", "text\n\n"],
  ["nothing", ""],
  ["no blank line", "text\n\u2014 example.org/log AAAA\n"],
  ["a hyphen for the dash", signNote("text\n", testSigner).replace("\u2014", "-")],
  ["no newline at the end", signNote("text\n", testSigner).slice(0, -1)],
  ["a carriage return", signNote("te\rxt\n", testSigner)],
  ["an escape sequence", signNote("te\u001b[2Jxt\n", testSigner)],
  ["a word behind the signature", signNote("text\n", testSigner).replace(/\n$/, " x\n")],
  ["a thousand signatures", signNote("text\n", testSigner) + "\u2014 a AAAA\n".repeat(1000)],
];
for (const [what, note] of malformed) test(`a note with ${what} is not opened`, () => assert.equal(openNote(note, verifier), undefined));

test("keys that are not keys are refused, without quoting them", () => {
  const seed = signerKey("example.org/log", Buffer.alloc(32, 7));
  for (const bad of ["", "x", seed.replace("PRIVATE", "PUBLIC"), seed.replace(/\+[0-9a-f]{8}\+/, "+00000000+"), seed.slice(0, -8)]) {
    assert.throws(
      () => noteSigner(bad),
      (error: Error) => codeOf(error) === "configuration" && !error.message.includes(seed.slice(-20)),
    );
  }
  for (const bad of ["", "a+b+c", testSigner.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"), testSigner.vkey.replace("+A", "+B"), `x${testSigner.vkey}`]) {
    assert.throws(
      () => noteVerifier(bad),
      (error: Error) => codeOf(error) === "bad-request",
    );
  }
});

test("a checkpoint opens only as one of this log", () => {
  const { note } = signCheckpoint(5, EMPTY_ROOT, testSigner);
  assert.deepEqual(openCheckpoint(note, verifier), { size: 5, root: EMPTY_ROOT, note });
  assert.match(note, /^example\.org\/log\n5\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 example\.org\/log /);
  const root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  for (const text of [
    `other.org/log\n5\n${root}\n`,
    `example.org/log\n05\n${root}\n`,
    `example.org/log\n-1\n${root}\n`,
    `example.org/log\n5\n${root.slice(4)}\n`,
    "example.org/log\n5\n",
  ]) {
    assert.equal(openCheckpoint(signNote(text, testSigner), verifier), undefined, text);
  }
});
