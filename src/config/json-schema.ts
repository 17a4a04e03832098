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
  made ??= {
    ...(z.toJSONSchema(schema, { io: "input", target: "draft-2020-12", override: ({ jsonSchema: one }) => shortened(one) }) as JsonSchema),
    $id: "urn:holdfast:configuration",
    title: "holdfast.yaml",
  };
  return made;
}

/** What may be written shorter than it is read says so by `shorthand`. */
function shortened(one: { [key: string]: unknown }): void {
  const { shorthand, description, ...whole } = one;
  if (shorthand === undefined) return;
  for (const key of Object.keys(one)) delete one[key];
  Object.assign(one, { description, anyOf: [shorthand, whole] });
}

/** The keys that may stand at a path of the configuration, for "did you mean"; empty where names are free. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  let here: JsonSchema | undefined = jsonSchema();
  for (const step of path) here = here === undefined ? undefined : below(here, step);
  return Object.keys((here === undefined ? undefined : whole(here))?.properties ?? {});
}

/** Of what may be written in two ways, the one with keys. */
const whole = (schema: JsonSchema): JsonSchema => schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;

function below(given: JsonSchema, step: string | number): JsonSchema | undefined {
  const schema = whole(given);
  if (typeof step === "number") return schema.items;
  const named = schema.properties?.[step];
  if (named !== undefined) return named;
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}
