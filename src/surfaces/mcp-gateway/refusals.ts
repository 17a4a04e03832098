import type { Asking, Message } from "../../codecs/mcp/index.ts";
import type { ReleasedCall } from "../../core/layers.ts";
import type { Ending } from "../ending.ts";

/** A result that needs something of the client that may not be asked of it. */
export function refusedInput({ decision }: ReleasedCall, id: Asking["id"]): Message {
  const reason = decision.reasons.find(({ effect }) => effect === decision.effect);
  return fault(id, DENIED, `the server asks something of this client that may not be asked: ${reason?.text ?? "denied"}`, reason?.id ?? "denied");
}

/** JSON-RPC leaves -32000 to -32099 to implementations; MCP itself begins at -32020. */
export const DENIED = -32001;
export const FAILED = -32603;

/** A refusal in the form that fits the method: a tool's is a result that says so, which the model reads; others have none of their own. */
export function refusal(asked: Asking, { code, message, policy }: Ending, modern: boolean): Message {
  const { id, method } = asked;
  if (method === "tools/call" && policy) return said(asked, `${message} (${code})`, modern);
  return fault(id, policy ? DENIED : FAILED, message, code);
}

/** What the model reads in place of a tool's result. */
export const said = ({ id }: Asking, text: string, modern: boolean): Message => ({
  kind: "result",
  id,
  result: { content: [{ type: "text", text: `[Holdfast] ${text}` }], isError: true, ...(modern ? { resultType: "complete" } : {}) },
});

/** A method that nobody could decide about. */
export const unknownMethod = ({ id }: Asking): Message => fault(id, -32601, "Holdfast does not know this method, so nobody could decide about it");

export function fault(id: Asking["id"] | null, code: number, message: string, reason?: string): Message {
  return { kind: "error", id, error: { code, message, ...(reason === undefined ? {} : { data: { code: reason } }) } };
}
