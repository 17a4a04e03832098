export { decodings } from "./decoding/decode.ts";
export { INPUT_ACTIONS, type InputAction, type InputOptions, inputLayer } from "./inspect.ts";
export { type Normalised, normalise } from "./normalise.ts";
