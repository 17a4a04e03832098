import { existsSync, readFileSync, statSync } from "node:fs";
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

const FORM = "a text classification model in the form of transformers.js is needed";
/** A `config.json` names classes and sizes; what is larger is none, and is not read. */
const LARGEST = 1 << 20;

/** What is missing before a model can be asked. Whether it can be loaded is known when that is tried. */
export function faultOf({ directory, runtime, label }: { readonly directory: string; readonly runtime: string; readonly label: string }): Fault | undefined {
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"])
    if (sizeOf(join(directory, file)) === 0) return { key: "directory", message: `the model's folder has no \`${file}\``, hint: FORM };
  if (sizeOf(join(directory, "config.json")) > LARGEST)
    return { key: "directory", message: `the model's \`config.json\` is larger than ${LARGEST} bytes`, hint: FORM };
  const config = objectIn(join(directory, "config.json"));
  if (config === undefined) return { key: "directory", message: "the model's `config.json` is no JSON", hint: FORM };
  const made = namesIn(config.architectures);
  if (made.length > 0 && !made.some((name) => name.endsWith("ForSequenceClassification")))
    return { key: "directory", message: `the model does not classify texts: it is ${quoted(made)}`, hint: FORM };
  const labels = namesIn(config.id2label);
  if (labels.length === 0) return { key: "directory", message: "the model's `config.json` names no classes", hint: "`id2label` says what its classes mean" };
  if (!labels.includes(label))
    return { key: "label", message: `the model has no class \`${label}\``, hint: `it has ${quoted(labels)}: which one is an attack?` };
  if (runtimeIn(runtime) === undefined)
    return {
      key: "runtime",
      message: `the package \`${PACKAGE}\` is not installed there`,
      hint: `in that folder: \`npm install --ignore-scripts ${PACKAGE}@${TESTED}\``,
    };
  return undefined;
}

/** Of a file; nothing else has one. */
function sizeOf(path: string): number {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : 0;
  } catch {
    return 0;
  }
}

function objectIn(file: string): { readonly architectures?: unknown; readonly id2label?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const namesIn = (value: unknown): readonly string[] =>
  Object.values(typeof value === "object" && value !== null ? value : {}).filter((name) => typeof name === "string" && name.length <= 64);
/** The classes of a foreign model may be many. */
const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 10)
    .map((name) => `\`${name}\``)
    .join(", ");
