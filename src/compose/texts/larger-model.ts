import type { Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import { faultOf, type LargerModel, largerModel, runtimeIn, type Second } from "../../input/index.ts";

/** One thread serves all configurations that name the same model. Their owner drops them with the process; an idle one has no thread. */
const models = new Map<string, LargerModel>();

/** The larger model of a configuration that was checked. It is loaded with the first question. */
export function secondOf({ detectors: { model: configured } }: Config): Second | undefined {
  if (configured === undefined) return undefined;
  const { directory, runtime, label, deadline, from, at, missing } = configured;
  const key = JSON.stringify([directory, runtime, label, deadline]);
  // Where the package has gone since the configuration was checked, the thread says so with the first question.
  const opinion = models.get(key) ?? largerModel({ directory, runtime: runtimeIn(runtime) ?? runtime, label, deadline });
  models.set(key, opinion);
  return { opinion, from, at, missing };
}

/** What is missing before the model of a configuration can be asked. */
export function checkLargerModel({ detectors: { model } }: Config): readonly Problem[] {
  const fault = model === undefined ? undefined : faultOf(model);
  return fault === undefined ? [] : [{ path: ["detectors", "model", fault.key], message: fault.message, hint: fault.hint }];
}
