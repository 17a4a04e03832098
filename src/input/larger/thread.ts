/** The thread of a larger model: loads the package that the operator installed and the model from its folder, then answers one question after the other. */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Begin, Question } from "./channel.ts";

/** Of `@huggingface/transformers`, what is used here. */
interface Transformers {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string; useFSCache: boolean };
  readonly AutoTokenizer: { from_pretrained(path: string, options: object): Promise<(texts: readonly string[], options: object) => unknown> };
  readonly AutoModelForSequenceClassification: { from_pretrained(path: string, options: object): Promise<Model> };
}
interface Model {
  (inputs: unknown): Promise<{ readonly logits: { readonly dims: readonly number[]; readonly data: ArrayLike<number> } }>;
  readonly config: { readonly id2label?: Readonly<Record<string, string>> };
}

// What a command prints is its data: the package must not print among it.
for (const stream of [process.stdout, process.stderr]) stream.write = () => true;

const said = (answer: Answer): void => parentPort?.postMessage(answer);
const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

async function load({ directory, runtime, label }: Begin): Promise<(texts: readonly string[]) => Promise<number[]>> {
  const { env, AutoTokenizer, AutoModelForSequenceClassification } = (await import(pathToFileURL(runtime).href)) as Transformers;
  // INVARIANT: nothing is fetched. What is not in the folder is not there.
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: `${dirname(directory)}/`, useFSCache: false });
  const tokenizer = await AutoTokenizer.from_pretrained(directory, { local_files_only: true });
  const model = await AutoModelForSequenceClassification.from_pretrained(directory, { local_files_only: true, dtype: "fp32", device: "cpu" });
  const wanted = Object.entries(model.config.id2label ?? {}).find(([, name]) => name === label)?.[0];
  if (wanted === undefined) throw new Error(`the model has no class \`${label}\``);
  return async (texts) => {
    const { logits } = await model(await tokenizer(texts, { padding: true, truncation: true }));
    const [rows = 0, classes = 0] = logits.dims;
    if (rows !== texts.length || logits.data.length !== rows * classes) throw new Error("the model answered in another form");
    return Array.from({ length: rows }, (_, row) => {
      const own = Array.from({ length: classes }, (_, at) => logits.data[row * classes + at] as number);
      const most = Math.max(...own);
      const powers = own.map((logit) => Math.exp(logit - most));
      return (powers[Number(wanted)] as number) / powers.reduce((sum, power) => sum + power, 0);
    });
  };
}

/** Asked from the first question on: what comes while it loads waits here. */
let before: Promise<unknown> = Promise.resolve();
const loading = load(workerData as Begin);
loading.catch((error: unknown) => said({ broken: message(error) }));
parentPort?.on("message", ({ id, texts }: Question) => {
  before = before.then(async () => {
    try {
      said({ id, scores: await (await loading)(texts) });
    } catch (error) {
      said({ id, failed: message(error) });
    }
  });
});
