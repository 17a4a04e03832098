import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Judge } from "../core/index.ts";
import { injectionClassifier } from "../detectors/classifier/classifier.ts";

/** What ships with weights. They are read when the first text comes, once for the process. */
export const judges: readonly Judge[] = [injectionClassifier(() => readFileSync(join(import.meta.dirname, "../../models/injection/weights.bin")))];
