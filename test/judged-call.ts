/** What information flow says of a call, after steps that a test writes down in a line each. */
import { type Content, defaultLabel, type Source } from "../src/core/content.ts";
import type { Json } from "../src/core/json.ts";
import { deriveFacts, type ToolFacts } from "../src/permission/defaults.ts";
import { conversationOf } from "../src/permission/flow/conversation.ts";
import { objectionsTo } from "../src/permission/flow/judge.ts";

type Args = { readonly [name: string]: Json };
/** A step that led to a call. */
export type Step = { readonly user: string } | { readonly model: string } | { readonly call: string; readonly args?: Args; readonly answer: string };

const said = (source: Source, text: string): Content => ({ source, label: defaultLabel(source), text });
function read(...steps: readonly Step[]): readonly Content[] {
  return steps.flatMap((step): readonly Content[] =>
    "user" in step
      ? [said({ kind: "user" }, step.user)]
      : "model" in step
        ? [said({ kind: "model" }, step.model)]
        : [
            { source: { kind: "model", id: step.call }, label: defaultLabel({ kind: "model" }), value: step.args ?? {} },
            said({ kind: "tool", id: step.call }, step.answer),
          ],
  );
}

/** What is said of a call of a tool of which nothing is known but its name, or what an operator confirmed: `permit`, or the strictest effect with the ids that speak against it. */
export function judged(steps: readonly Step[], tool: string, args: Args, confirmed?: Pick<ToolFacts, "effect" | "egress">): string {
  const facts =
    confirmed ?? deriveFacts({ name: tool, inputSchema: { type: "object", properties: Object.fromEntries(Object.keys(args).map((name) => [name, {}])) } });
  const objections = objectionsTo({ tool, args }, facts, conversationOf(read(...steps)));
  if (objections.length === 0) return "permit";
  return `${objections.some(({ effect }) => effect === "deny") ? "deny" : "ask"} ${[...new Set(objections.map(({ id }) => id.slice(5)))].sort().join(" ")}`;
}
