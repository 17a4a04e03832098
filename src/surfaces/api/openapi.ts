import { z } from "zod";
import { problemForm } from "./forms.ts";
import type { ApiRoute } from "./route.ts";
import { PASSKEY_HEADER } from "./step-up.ts";

/** The OpenAPI 3.1 document of these routes: generated, so that it cannot say something else than the code. */
export function openApi(routes: readonly ApiRoute[], version: string): object {
  const schemas = new Map<string, object>();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Holdfast decision API", version, summary: "Ask before acting, report after, read what was decided." },
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "an agent's key, `hf_…`; also taken as `x-api-key`" },
        operator: { type: "apiKey", in: "cookie", name: "__Host-holdfast", description: "an operator's session at the console" },
      },
    },
  };
}

function operation(route: ApiRoute, schemas: Map<string, object>): object {
  const { needs } = route.access;
  const answer = route.answer === undefined ? { schema: {} } : { schema: referred(route.answer, "output", schemas) };
  return {
    summary: route.summary,
    operationId: operationId(route),
    security: needs === "none" ? [] : [{ [needs]: [] }],
    ...parameters(route),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: referred(route.body, "input", schemas) } } } }),
    responses: {
      "200": { description: "the answer", content: { [route.path.endsWith("/live") ? "text/event-stream" : "application/json"]: answer } },
      default: { description: "a problem", content: { "application/problem+json": { schema: referred(problemForm, "output", schemas) } } },
    },
  };
}

function parameters({ path, query, stepUp }: ApiRoute): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: bare(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })),
  }));
  const inHeader = stepUp === undefined ? [] : [{ name: PASSKEY_HEADER, in: "header", required: false, schema: { type: "string" }, description: SIGNED }];
  const all = [...inPath, ...inQuery, ...inHeader];
  return all.length === 0 ? {} : { parameters: all };
}

const SIGNED = "what a passkey signed of the challenge that `/api/v1/step-up` gave for exactly this request, where one is needed";

/** A named schema as a reference, another as it is; everything named in it is collected in `schemas`. */
function referred(schema: z.ZodType, io: "input" | "output", schemas: Map<string, object>): object {
  const { $defs = {}, ...own } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  for (const [id, part] of Object.entries($defs)) schemas.set(id, bare(part));
  return bare(own);
}

/** Without what only a schema of its own has. Zod points at `#/$defs/Name`; here the same stands under the components. */
function bare(schema: object): object {
  const { $schema, id, ...rest } = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return rest;
}

function operationId({ method, path }: ApiRoute): string {
  const words = path
    .replace(/^\/(api|access)\/v1\//, "")
    .split(/[/:.-]/)
    .filter(Boolean);
  return [method.toLowerCase(), ...words].map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
