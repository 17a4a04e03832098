export type { HttpUndo } from "./http.ts";
export { type Journal, openJournal } from "./journal.ts";
export { countsOf, createRollbacks, type Performed, type Ready, type Rollbacks } from "./run.ts";
export { isLeft, type Step, stateOf, type Task, whyOf } from "./step.ts";
export { doubtOf, nameOf, type Undo } from "./undo.ts";
export { createWatch, ownerOf, seeing, type Watch } from "./watch.ts";
