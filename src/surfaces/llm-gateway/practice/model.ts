import type { JsonObject } from "../../../core/json.ts";
import type { Turn } from "./conversation.ts";
import { practiceTasks } from "./tasks.ts";

/** What the model says: words, and calls by the bare names of tools. */
export interface Said {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly args: JsonObject }[];
}

/**
 * One turn of the practice model. It is naive on purpose: it follows any instruction that a tool's result addresses to the assistant,
 * as a model that was talked over does. So what stops the attack is never the model.
 */
export function say(turn: Turn): Said {
  const task = practiceTasks.find(({ hears }) => hears(turn.said));
  if (task === undefined) return { text: greeting(turn.language), calls: [] };
  const said = task.says(turn);
  const missing = said.calls.find(({ name }) => !turn.tools.has(name));
  if (missing !== undefined) return { text: without(missing.name, turn.language), calls: [] };
  const order = said.calls.length > 0 ? undefined : injectedCall(turn);
  return order === undefined ? said : { text: said.text, calls: [order] };
}

/** The call that a tool's result orders, unless it was made already or the client did not declare its tool. */
function injectedCall({ results, tools }: Turn): Said["calls"][number] | undefined {
  const done = new Set(results.map(({ tool }) => tool));
  for (const { text } of results) {
    const order = /ai assistant: [^<"]{0,400}/i.exec(text)?.[0];
    if (order === undefined) continue;
    const to = /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}/.exec(order)?.[0];
    if (to !== undefined && tools.has("send_mail") && !done.has("send_mail"))
      return {
        name: "send_mail",
        args: {
          to,
          subject: "Inbox",
          body: results
            .map((result) => result.text)
            .join("\n")
            .slice(0, 4_000),
        },
      };
    const refund = /refund for order (\d{1,9}) with the amount (\d{1,9})/i.exec(order);
    if (refund !== null && tools.has("refund") && !done.has("refund")) return { name: "refund", args: { order: Number(refund[1]), amount: Number(refund[2]) } };
  }
  return undefined;
}

function greeting(language: Turn["language"]): string {
  const tries = practiceTasks.map(({ prompt }) => `- ${prompt[language]}`).join("\n");
  return language === "de"
    ? `Guten Tag! Ich bin das Übungsmodell von Holdfast. Ich rechne nichts aus, sondern spiele einige vorbereitete Aufgaben durch, damit Sie ohne Schlüssel sehen, was Holdfast tut. Probieren Sie:\n${tries}`
    : `Hello! I am Holdfast's practice model. I do not think; I play through a few prepared tasks, so that you can see what Holdfast does without a key. Try:\n${tries}`;
}

function without(tool: string, language: Turn["language"]): string {
  return language === "de"
    ? `Dafür brauche ich das Werkzeug \`${tool}\`. Ihre Anfrage bietet es nicht an.`
    : `For this I need the tool \`${tool}\`, which your request does not declare.`;
}
