export { ARGUMENT_ACTIONS, OUTPUT_ACTIONS, type OutputAction, type OutputActions, TEXT_ACTIONS } from "./actions.ts";
export { createPseudonyms, MODEL_ACTIONS, type ModelAction, type Pseudonyms } from "./pseudonyms.ts";
export { type OutputOptions, outputLayer } from "./release.ts";
