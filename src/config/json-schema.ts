import { z } from "zod";
import { schema } from "./schema.ts";

/** Where the written schema lies in a checkout; the first line of a configuration file points editors at it. */
export const SCHEMA_PATH = "docs/reference/holdfast.schema.json";

export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

let made: JsonSchema | undefined;

/** The JSON Schema of `holdfast.yaml` as people write it: references and shorthand forms such as `10/min` are still text. */
export function jsonSchema(): JsonSchema {
  made ??= { ...(z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) as JsonSchema), $id: "urn:holdfast:configuration", title: "holdfast.yaml" };
  return made;
}

/** The keys that may stand at a path of the configuration, for "did you mean"; empty where names are free. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  let here: JsonSchema | undefined = jsonSchema();
  for (const step of path) here = here === undefined ? undefined : below(here, step);
  return Object.keys(here?.properties ?? {});
}

function below(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === "number") return schema.items;
  const named = schema.properties?.[step];
  if (named !== undefined) return named;
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}
