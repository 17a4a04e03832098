import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What runs a larger model. It is large, so whoever wants it installs it. */
export const PACKAGE = "@huggingface/transformers";
export const TESTED = "4.3.1";

/** The file of the package that was installed in `folder`; undefined where there is none. What lies in a folder above it is not taken. */
export function runtimeIn(folder: string): string | undefined {
  try {
    return existsSync(join(folder, "node_modules", PACKAGE)) ? createRequire(join(folder, "package.json")).resolve(PACKAGE) : undefined;
  } catch {
    return undefined;
  }
}

export interface Fault {
  readonly key: "directory" | "runtime" | "label";
  readonly message: string;
  readonly hint: string;
}

/** What is missing before a model can be asked. */
export function faultOf({ directory, runtime, label }: { readonly directory: string; readonly runtime: string; readonly label: string }): Fault | undefined {
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"]) {
    if (!existsSync(join(directory, file)))
      return {
        key: "directory",
        message: `the model's folder has no \`${file}\``,
        hint: "a text classification model in the form of transformers.js is needed",
      };
  }
  const labels = labelsIn(join(directory, "config.json"));
  if (labels === undefined) return { key: "directory", message: "the model's `config.json` names no classes", hint: "`id2label` says what its classes mean" };
  if (!labels.includes(label))
    return {
      key: "label",
      message: `the model has no class \`${label}\``,
      hint: `it has ${labels.map((one) => `\`${one}\``).join(", ")}: which one is an attack?`,
    };
  if (runtimeIn(runtime) === undefined)
    return {
      key: "runtime",
      message: `the package \`${PACKAGE}\` is not installed there`,
      hint: `in that folder: npm install --ignore-scripts ${PACKAGE}@${TESTED}`,
    };
  return undefined;
}

function labelsIn(file: string): readonly string[] | undefined {
  try {
    const { id2label } = JSON.parse(readFileSync(file, "utf8")) as { readonly id2label?: unknown };
    if (typeof id2label !== "object" || id2label === null) return undefined;
    const labels = Object.values(id2label).filter((label) => typeof label === "string" && label.length <= 64);
    return labels.length === 0 ? undefined : labels;
  } catch {
    return undefined;
  }
}
