export { ARGUMENT_ACTIONS, OUTPUT_ACTIONS, type OutputAction, type OutputActions, TEXT_ACTIONS } from "./actions.ts";
export { type Grounding, grounding, groundingOf } from "./grounding/grounding.ts";
export { FAULTS } from "./judge/asking.ts";
export { type AskModel, modelJudge } from "./judge/judge.ts";
export { createPseudonyms, MODEL_ACTIONS, type ModelAction, type Pseudonyms } from "./pseudonyms.ts";
export { type OutputOptions, outputLayer } from "./release.ts";
export { type Form, formOf } from "./schema/form.ts";
export { structured } from "./schema/structured.ts";
export { scopeOf } from "./scope.ts";
