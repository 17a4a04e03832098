import { type Asking, isModern, TASK_EXTENSION } from "../../../codecs/mcp/index.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../../core/json.ts";
import type { Session } from "../sessions.ts";

/** The first version in which calls can be tasks. */
const SINCE = "2025-11-25";
export const hasTasks = (version: string | undefined): boolean => version !== undefined && version >= SINCE && !isModern(version);

/** What the gateway itself does with tasks, whichever server a call is for. */
const OURS: JsonObject = { list: {}, cancel: {}, requests: { tools: { call: {} } } };

/** True where a server of the 2025 era makes tasks of calls when it is asked to. */
export function makesTasks({ capabilities }: JsonObject): boolean {
  const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);
  return at(at(at(at(capabilities, "tasks"), "requests"), "tools"), "call") !== undefined;
}

/** A server's capabilities as they are here: tasks are the gateway's own, in the version that has them. */
export function offered({ capabilities, protocolVersion }: JsonObject, modern: boolean): JsonObject {
  if (!isObject(capabilities)) return {};
  const { tasks: _theirs, extensions, ...rest } = capabilities;
  const { [TASK_EXTENSION]: _same, ...others } = isObject(extensions) ? extensions : {};
  const calls = capabilities["tools"] !== undefined;
  const version = typeof protocolVersion === "string" ? protocolVersion : undefined;
  const extended = calls && modern ? { ...others, [TASK_EXTENSION]: {} } : others;
  return {
    capabilities: {
      ...rest,
      ...(Object.keys(extended).length === 0 ? {} : { extensions: extended }),
      ...(calls && hasTasks(version) ? { tasks: OURS } : {}),
    },
  };
}

/** What a tool's definition says of tasks; only `required` binds a client, and only where its server can do it. */
export function mustBeTask({ execution }: JsonObject, { tasks }: Session): boolean {
  return tasks === true && isObject(execution) && execution["taskSupport"] === "required";
}

/** True where the server itself is to go on with a call of this tool. */
export function goesOnThere(session: Session, name: string): boolean {
  const execution = session.tools?.get(name)?.whole["execution"];
  return session.tasks === true && isObject(execution) && (execution["taskSupport"] === "required" || execution["taskSupport"] === "optional");
}

/** A list of tools in which each says that it can be called as a task, because here each can. */
export function asTasks(session: Session, list: JsonObject): JsonObject {
  const { tools } = list;
  if (!hasTasks(session.version) || tools === undefined || !isArray(tools)) return list;
  return {
    ...list,
    tools: tools.map((tool): Json => {
      if (!isObject(tool)) return tool;
      const execution = isObject(tool["execution"]) ? tool["execution"] : {};
      return { ...tool, execution: { ...execution, taskSupport: mustBeTask(tool, session) ? "required" : "optional" } };
    }),
  };
}

/**
 * A request as it goes on. Of a call it says nothing about whether somebody waits for it: that changes nothing of what is done, nor of what a
 * person approves. A client takes no tasks from servers here, so no server is told that it does, and nobody subscribes to a server's tasks.
 */
export function asPassed(message: Asking): Asking {
  const { method, params } = message;
  const without = (value: JsonObject, name: string): JsonObject => {
    const { [name]: _dropped, ...rest } = value;
    return rest;
  };
  const inside = (field: string, name: string): Asking => {
    const value = params[field];
    return isObject(value) && value[name] !== undefined ? { ...message, params: { ...params, [field]: without(value, name) } } : message;
  };
  if (method === "tools/call") return params["task"] === undefined ? message : { ...message, params: without(params, "task") };
  if (method === "initialize") return inside("capabilities", "tasks");
  return method === "subscriptions/listen" ? inside("notifications", "taskIds") : message;
}
