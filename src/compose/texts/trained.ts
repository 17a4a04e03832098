import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Detector, Judge } from "../../core/index.ts";
import { injectionClassifier } from "../../detectors/classifier/classifier.ts";
import { personName } from "../../detectors/tagger/person-name.ts";

const weightsOf = (model: string) => (): Uint8Array => readFileSync(join(import.meta.dirname, "../../../models", model, "weights.bin"));

/** What ships with weights. They are read when the first text comes, once for the process. */
export const judges: readonly Judge[] = [injectionClassifier(weightsOf("injection"))];
export const names: Detector = personName(weightsOf("names"));
