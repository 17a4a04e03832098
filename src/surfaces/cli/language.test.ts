import assert from "node:assert/strict";
import { test } from "node:test";
import { languageOf } from "./language.ts";

test("the command line says the language before the environment, and the environment in the order of POSIX", () => {
  const cases: readonly (readonly [string, { readonly [name: string]: string }, "en" | "de"])[] = [
    ["", {}, "en"],
    ["check --lang de", { HOLDFAST_LANG: "en" }, "de"],
    ["--lang=en check", { HOLDFAST_LANG: "de" }, "en"],
    ["--lang de check --lang en", {}, "en"],
    ["check --lang", { LANG: "de_DE.UTF-8" }, "de"],
    ["check --lang fr", { LANG: "de_DE.UTF-8" }, "de"],
    ["run -- npx server --lang de", {}, "en"],
    ["", { HOLDFAST_LANG: "de", LC_ALL: "C" }, "de"],
    ["", { HOLDFAST_LANG: "", LC_ALL: "de_AT.UTF-8" }, "de"],
    ["", { LC_ALL: "en_US.UTF-8", LC_MESSAGES: "de_DE", LANG: "de_DE" }, "en"],
    ["", { LC_MESSAGES: "de_CH", LANG: "en_US" }, "de"],
    ["", { LANG: "de" }, "de"],
    ["", { LANG: "den" }, "en"],
    ["", { LANG: "C.UTF-8" }, "en"],
  ];
  for (const [line, env, language] of cases) assert.equal(languageOf(line.split(" ").filter(Boolean), env), language, `${line} ${JSON.stringify(env)}`);
});
