import { isArray, isObject, type Json, type JsonObject, parseJsonText } from "../../../core/json.ts";
import { type PracticeTask, practiceTasks } from "./tasks.ts";
import { practiceToolsFor, runPracticeTool } from "./tools.ts";

/** One step of a practice run, as a person reads it. */
export type PracticeStep =
  | { readonly kind: "user" | "assistant"; readonly text: string }
  | { readonly kind: "call"; readonly tool: string; readonly args: Json }
  | { readonly kind: "result"; readonly tool: string; readonly text: string };

/** What a practice run was. `ids` are those of the model calls, in order: under each stands its decision. */
export type PracticeRun = { readonly task: string; readonly ids: readonly string[]; readonly steps: readonly PracticeStep[] };

/** The answer to one body that was sent: its own body, an error's included, and the id of the request. */
export interface PracticeReply {
  readonly id: string;
  readonly body: Json;
}

/**
 * Plays a task as a client would: asks the model, runs the tools it may call, asks again, until it calls none. `ask` sends one OpenAI
 * chat body through the gateway.
 */
export async function runPracticeTask(
  task: PracticeTask,
  language: "en" | "de",
  model: string,
  ask: (body: JsonObject) => Promise<PracticeReply>,
): Promise<PracticeRun> {
  const steps: PracticeStep[] = [{ kind: "user", text: task.prompt[language] }];
  const messages: Json[] = [{ role: "user", content: task.prompt[language] }];
  const ids: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { id, body: answer } = await ask({ model, messages: [...messages], tools: practiceToolsFor("openai-chat") });
    ids.push(id);
    const message = messageOf(answer);
    if (message === undefined) return { task: task.id, ids, steps: [...steps, { kind: "assistant", text: errorOf(answer) }] };
    if (typeof message["content"] === "string" && message["content"] !== "") steps.push({ kind: "assistant", text: message["content"] });
    const calls = (isArray(message["tool_calls"] ?? null) ? (message["tool_calls"] as readonly Json[]) : []).filter(isObject);
    if (calls.length === 0) break;
    messages.push(message);
    for (const call of calls) messages.push(answered(call, steps));
  }
  return { task: task.id, ids, steps };
}

/** The task of that id. */
export function practiceTask(id: string): PracticeTask | undefined {
  return practiceTasks.find((task) => task.id === id);
}

const MOST_ROUNDS = 6;

function answered(call: JsonObject, steps: PracticeStep[]): Json {
  const named = isObject(call["function"]) ? call["function"] : {};
  const tool = String(named["name"] ?? "");
  const parsed = parseJsonText(String(named["arguments"] ?? ""));
  const args = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const text = runPracticeTool(tool, args);
  steps.push({ kind: "call", tool, args }, { kind: "result", tool, text });
  return { role: "tool", tool_call_id: String(call["id"] ?? ""), content: text };
}

function messageOf(answer: Json): JsonObject | undefined {
  const choices = isObject(answer) ? answer["choices"] : undefined;
  const first = choices !== undefined && isArray(choices) ? choices[0] : undefined;
  const message = isObject(first) ? first["message"] : undefined;
  return isObject(message) ? message : undefined;
}

function errorOf(answer: Json): string {
  const error = isObject(answer) ? answer["error"] : undefined;
  return isObject(error) && typeof error["message"] === "string" ? error["message"] : "";
}
