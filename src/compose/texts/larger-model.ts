import type { Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
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
export function checkLargerModel({ detectors: { model }, deadlines }: Config): readonly Problem[] {
  if (model === undefined) return [];
  const fault = faultOf(model);
  if (fault !== undefined) return [{ path: ["detectors", "model", fault.key], message: fault.message, hint: fault.hint }];
  // INVARIANT: what `missing` says is what follows. An inspection that is late as a whole denies, whatever it says.
  if (model.deadline < deadlines.inspect) return [];
  return [
    {
      path: ["detectors", "model", "deadline"],
      message: "the model is waited for as long as all of an inspection may take",
      hint: "make it shorter than `deadlines.inspect`, or that longer",
    },
  ];
}

/** Loads it once, as the first question would, and asks it: whether files are a model shows in nothing else. */
export async function tryLargerModel({ detectors: { model } }: Config, deadline = LOADING_MS): Promise<readonly Problem[]> {
  if (model === undefined) return [];
  const tried = largerModel({ directory: model.directory, runtime: runtimeIn(model.runtime) ?? model.runtime, label: model.label, deadline });
  try {
    await tried.ask(["hello"]);
    return [];
  } catch (error) {
    const said = error instanceof HoldfastError && typeof error.cause === "string" ? error.cause : `no answer within ${deadline} ms`;
    return [
      { path: ["detectors", "model", "directory"], message: "the model was tried and gave no answer", hint: `it said: \`${said.replaceAll("`", "'")}\`` },
    ];
  } finally {
    await tried.close();
  }
}
/** A model of half a gigabyte, from a slow disk. */
const LOADING_MS = 60_000;
