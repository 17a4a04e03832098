export { ARGUMENT_ACTIONS, OUTPUT_ACTIONS, type OutputAction, type OutputActions, TEXT_ACTIONS } from "./actions.ts";
export { type OutputOptions, outputLayer } from "./release.ts";
