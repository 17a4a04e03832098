export { practiceAnswer, practiceEvents, sse } from "./answer.ts";
export { type PracticeReply, type PracticeRun, type PracticeStep, practiceTask, runPracticeTask } from "./run.ts";
export { type PracticeTask, practiceTasks } from "./tasks.ts";
export { type PracticeTool, practiceTools, practiceToolsFor, runPracticeTool } from "./tools.ts";
export { PRACTICE_MODELS, practiceUpstream } from "./upstream.ts";
