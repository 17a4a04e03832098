/** A tiny text classification model, written from here: each word has two logits, and a text has the sum of its words'. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the model knows of words: the logits for `SAFE` and `INJECTION`. Everything else is unknown, and a little safe. */
const WORDS: { readonly [word: string]: readonly [safe: number, injection: number] } = {
  "[PAD]": [0, 0],
  "[UNK]": [0.1, 0],
  "[CLS]": [1, 0],
  "[SEP]": [0, 0],
  "[MASK]": [0, 0],
  obey: [0, 20],
};

/** A package of the real one's form, whose model is what `loads` returns or throws; the real one is half a gigabyte and has a lane of its own. */
export function writeStandIn(folder: string, loads: string): string {
  const file = join(folder, "node_modules/@huggingface/transformers/index.cjs");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(dirname(file), "package.json"), JSON.stringify({ name: "@huggingface/transformers", main: "index.cjs" }));
  writeFileSync(
    file,
    `exports.env = {};
    exports.AutoTokenizer = { from_pretrained: async () => (texts) => texts };
    exports.AutoModelForSequenceClassification = { from_pretrained: async () => { ${loads} } };`,
  );
  return file;
}

export function writeTinyModel(folder: string): void {
  mkdirSync(join(folder, "onnx"), { recursive: true });
  const words = Object.keys(WORDS);
  const json = (file: string, value: unknown): void => writeFileSync(join(folder, file), JSON.stringify(value));
  json("config.json", {
    model_type: "bert",
    architectures: ["BertForSequenceClassification"],
    id2label: { 0: "SAFE", 1: "INJECTION" },
    label2id: { SAFE: 0, INJECTION: 1 },
  });
  json("tokenizer_config.json", {
    tokenizer_class: "BertTokenizer",
    model_max_length: 512,
    ...Object.fromEntries(["pad", "unk", "cls", "sep", "mask"].map((name) => [`${name}_token`, `[${name.toUpperCase()}]`])),
  });
  json("tokenizer.json", {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: words.slice(0, 5).map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "[SEP]", type_id: 0 } }],
      pair: [],
      special_tokens: Object.fromEntries(["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }])),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  });
  writeFileSync(join(folder, "onnx/model.onnx"), network(words.length, Object.values(WORDS).flat()));
}

// What follows writes ONNX's protocol buffers by hand: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, field by field.
const [FLOAT, INT64] = [1, 7];

function network(words: number, logits: readonly number[]): Buffer {
  const graph = all(
    field(1, node("Gather", ["logits of words", "input_ids"], "of each")),
    field(1, node("Cast", ["attention_mask"], "mask", all(field(1, "to"), number(3, FLOAT), number(20, 2)))),
    field(1, node("Unsqueeze", ["mask", "two"], "mask of each")),
    field(1, node("Mul", ["of each", "mask of each"], "counted")),
    field(1, node("ReduceSum", ["counted", "one"], "logits", all(field(1, "keepdims"), number(3, 0), number(20, 2)))),
    field(2, "tiny"),
    field(5, tensor("logits of words", [words, 2], FLOAT, Buffer.from(new Float32Array(logits).buffer))),
    field(5, tensor("one", [1], INT64, Buffer.from(new BigInt64Array([1n]).buffer))),
    field(5, tensor("two", [1], INT64, Buffer.from(new BigInt64Array([2n]).buffer))),
    field(11, value("input_ids", INT64, ["texts", "words"])),
    field(11, value("attention_mask", INT64, ["texts", "words"])),
    field(12, value("logits", FLOAT, ["texts", 2])),
  );
  return all(number(1, 8), field(2, "holdfast"), field(7, graph), field(8, all(field(1, ""), number(2, 13))));
}

const node = (operator: string, inputs: readonly string[], output: string, attribute?: Buffer): Buffer =>
  all(...inputs.map((input) => field(1, input)), field(2, output), field(4, operator), ...(attribute === undefined ? [] : [field(5, attribute)]));
const tensor = (name: string, sizes: readonly number[], type: number, raw: Buffer): Buffer =>
  all(...sizes.map((size) => number(1, size)), number(2, type), field(8, name), field(9, raw));
const value = (name: string, type: number, sizes: readonly (string | number)[]): Buffer => {
  const shape = all(...sizes.map((size) => field(1, typeof size === "string" ? field(2, size) : number(1, size))));
  return all(field(1, name), field(2, field(1, all(number(1, type), field(2, shape)))));
};

const all = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const number = (at: number, of: number): Buffer => all(varint(at << 3), varint(of));
function field(at: number, of: string | Buffer): Buffer {
  const bytes = Buffer.from(of);
  return all(varint((at << 3) | 2), varint(bytes.length), bytes);
}
function varint(of: number): Buffer {
  const bytes: number[] = [];
  for (let rest = of; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
