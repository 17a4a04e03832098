export { wiring } from "./compose/verbs.ts";
