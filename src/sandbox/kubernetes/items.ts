import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, type JsonObject } from "../../core/json.ts";
import type { Answer } from "./api.ts";

/** What is in a list of the API. INVARIANT: never less than there is; a list that goes on elsewhere was not asked for. */
export function itemsOf({ status, value }: Answer, kind: string): readonly JsonObject[] {
  const items = value["items"] ?? null;
  const { continue: more } = isObject(value["metadata"]) ? value["metadata"] : ({} as JsonObject);
  if (status !== 200 || value["kind"] !== kind || !isArray(items) || !items.every(isObject) || (more !== undefined && more !== ""))
    throw new HoldfastError("unavailable", "the cluster answers with something that is not the list that was asked for");
  return items;
}
