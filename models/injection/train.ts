/** `npm run train:injection`: trains the injection classifier anew and writes its weights beside this file. The same rows give the same bytes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "./fit.ts";
import { folded } from "./folds.ts";
import { rows, rowsAreThere } from "./rows.ts";

if (rowsAreThere()) {
  const { final } = folded(rows(), (line) => console.error(line));
  writeFileSync(join(import.meta.dirname, "weights.bin"), writeModel(final));
  console.log("models/injection/weights.bin is written");
} else console.log("train:injection: the rows are not beside this checkout (`../shared/data`); nothing is trained");
