import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { handClock, kit } from "../../../test/transcripts/kit.ts";
import { VERSION } from "../cli/version.ts";
import { apiApp } from "./app.ts";
import { openApi } from "./openapi.ts";

const api = apiApp(kit(handClock()).parts);
const document = JSON.parse(JSON.stringify(openApi(api.routes, VERSION)));

test("the document describes every route and nothing else", () => {
  const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual(described.sort(), api.routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/, "{$1}")}`).sort());
});

test("every reference in the document leads somewhere, and every schema is used", () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
  assert.deepEqual([...used].sort(), Object.keys(document.components.schemas).sort());
  assert.doesNotMatch(text, /#\/\$defs|__schema/);
});

test("the document says who may call what", () => {
  const decide = document.paths["/api/v1/decide"].post;
  assert.deepEqual(decide.security, [{ key: [] }]);
  assert.deepEqual(document.paths["/api/v1/audit/{id}"].get.security, [{ operator: [] }]);
  assert.deepEqual(document.paths["/.well-known/authzen-configuration"].get.security, []);
  assert.deepEqual(document.components.schemas.Request.required, ["action"]);
});

test("the committed document is the one the routes make", () => {
  const committed = readFileSync(new URL("../../../docs/reference/openapi.json", import.meta.url), "utf8");
  assert.equal(committed, `${JSON.stringify(document, undefined, 2)}\n`, "run `node scripts/openapi.ts`");
});

test("it is served as it is committed", async () => {
  const response = await api.app.request("/api/v1/openapi.json");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ...document, info: { ...document.info, version: "0.0.0" } });
});
