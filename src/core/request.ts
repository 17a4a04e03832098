import type { Content } from "./content.ts";
import type { Intent } from "./intent.ts";
import type { Json, JsonObject } from "./json.ts";

/** Everything an agent can want to do. A surface that meets an action of another kind refuses it. */
export const ACTIONS = [
  "model.call", // ask a model
  "model.list", // see which models there are
  "tool.call", // run a tool
  "tool.list", // see which tools there are
  "resource.read", // read an MCP resource or prompt
  "client.sample", // a server asks the agent's model something (MCP sampling)
  "client.elicit", // a server asks the agent's user something (MCP elicitation)
  "message.send",
  "net.connect",
  "file.read",
  "file.write",
  "process.run",
  "skill.install",
] as const;
export type ActionType = (typeof ACTIONS)[number];

export interface Principal {
  readonly agent: string;
  readonly user?: string;
  readonly session?: string;
  /** Id of the capability token or key that the caller showed. Never the token itself. */
  readonly capability?: string;
}

export interface Action {
  readonly type: ActionType;
  /** `server.tool`, or the bare name when no server is known. */
  readonly tool?: string;
  readonly args?: { readonly [name: string]: Json };
}

export interface Resource {
  readonly type: string;
  readonly id: string;
}

export interface Context {
  /** Milliseconds since the epoch at which the surface took the request in. */
  readonly time: number;
  /** Which surface: `llm-gateway`, `api`, `cli`, … */
  readonly surface: string;
  /** The request this one was proposed by: the model call whose answer holds this tool call. */
  readonly parent?: string;
  /** The conversation that the surface knows this to be part of: a name of ours, that no client can give. */
  readonly conversation?: string;
  /** W3C trace context of the caller, carried through. */
  readonly traceparent?: string;
  /** What the caller shows to say in which call of another agent it acts. It is told to agents only, never recorded, and can only tighten. */
  readonly chain?: string;
  /** What the caller declared that it is about to do. Each holds; none permits anything. */
  readonly intents?: readonly Intent[];
}

/** The most that a model call can use, as its surface reads it before anything is sent. What is absent nobody can say. */
export interface Demand {
  /** Bytes that leave for the model. */
  readonly bytes: number;
  /** So many tokens are read at most. */
  readonly input?: number;
  /** So many are written at most; absent where the request leaves that to the model. `unbounded`: no maximum of a model would hold. */
  readonly output?: number | "unbounded";
}

/** One thing an agent wants to do: the only thing `guard` takes. */
export interface Request {
  readonly id: string;
  readonly principal: Principal;
  readonly action: Action;
  readonly resource?: Resource;
  readonly content: readonly Content[];
  /**
   * Everything that the agent had read and written when it asked for this, oldest first: what it was told, what tools answered, and its
   * own earlier calls (source `model:<tool>`, the arguments as value). It is where arguments may come from, not part of what is done, so
   * it is neither inspected again nor recorded. Absent where the surface cannot see it: then nothing is known of any argument.
   */
  readonly read?: readonly Content[];
  /** Set by the sandbox where the decision is to answer with this and do nothing; `age` in milliseconds. */
  readonly recorded?: { readonly answer: JsonObject; readonly age: number };
  /** What the caller declared of the answer's form: some JSON, or JSON that fits this schema. Its strings are among the content. */
  readonly expects?: "json" | JsonObject;
  /** Set by a surface that itself sends the request to a model. */
  readonly demand?: Demand;
  readonly context: Context;
}
