/** `npm run train:names`: trains the tagger of names anew and writes its weights beside this file. The same rows give the same bytes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataIsThere } from "../../eval/detect/data.ts";
import { writeTagger } from "../../src/detectors/tagger/weights.ts";
import { folded } from "./folds.ts";
import { rows } from "./rows.ts";

if (dataIsThere()) {
  const { final } = folded(rows(), (line) => console.error(line));
  writeFileSync(join(import.meta.dirname, "weights.bin"), writeTagger(final));
  console.log("models/names/weights.bin is written");
} else console.log("train:names: the rows are not beside this checkout (`../shared/data`); nothing is trained");
