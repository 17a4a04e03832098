/** What calls that Holdfast makes by itself are made of: another tool, and where its arguments come from. */
import { z } from "zod";
import type { Json } from "../../core/json.ts";

export const otherTool = z
  .string()
  .max(256)
  .regex(/^[^.\s]+\.\S+$/, "expected `server.tool`");

export const constant = z.union([z.string().max(4096), z.number(), z.boolean(), z.null()]);
/** A constant of any form, or one that looks like a source. */
export const written = z.strictObject({ value: z.json() });
export const pointer = z
  .string()
  .max(500)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "expected a JSON pointer such as `/structuredContent/id`");

/** A constant may be written as it is. */
export const asSource = <S extends object>(given: S | z.infer<typeof constant>): S | { value: Json } =>
  typeof given === "object" && given !== null ? given : { value: given };
