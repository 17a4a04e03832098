export { decodings } from "./decoding/decode.ts";
export { INPUT_ACTIONS, type InputAction, type InputOptions, inputLayer } from "./inspect.ts";
export { faultOf, runtimeIn } from "./larger/files.ts";
export { type LargerModel, largerModel } from "./larger/model.ts";
export { type Normalised, normalise } from "./normalise.ts";
export type { Second } from "./second.ts";
