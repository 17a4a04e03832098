/** What is said between us and the thread of a larger model. */
export interface Begin {
  /** The folder of the model: config.json, tokenizer.json, onnx/. */
  readonly directory: string;
  /** The file of the package that runs it. */
  readonly runtime: string;
  /** The name of the class whose probability is wanted. */
  readonly label: string;
}
export interface Question {
  readonly id: number;
  readonly texts: readonly string[];
}
export type Answer =
  | { readonly id: number; readonly scores: readonly number[] }
  | { readonly id: number; readonly failed: string }
  /** It cannot be used at all. */
  | { readonly broken: string };
