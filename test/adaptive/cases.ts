/** Variants as cases of the measurement in eval/flow. */

import type { Case, Mark } from "../../eval/flow/case.ts";
import type { Suites } from "../../eval/flow/data.ts";
import { valuesOf } from "../../eval/flow/wrong.ts";
import type { Row } from "../../examples/replay-agentdojo/convert.ts";
import type { Event, Run, Tool } from "../../examples/replay-agentdojo/forms.ts";
import { chance } from "../chance.ts";
import { type Call, MARK, type Scenario, type ScenarioTool } from "./scenario.ts";
import { GERMAN } from "./scenarios-de.ts";
import { ENGLISH } from "./scenarios-en.ts";
import { FETCHING } from "./scenarios-fetching.ts";
import { type Variant, variantsOf } from "./variants.ts";

export const HAND_WRITTEN: readonly Scenario[] = [...ENGLISH, ...GERMAN, ...FETCHING];

/** Every variant of every scenario as a case; the class stands in the place of the attack's name. The same seed gives the same cases. */
export function adaptiveCases(scenarios: readonly Scenario[], seed: number): readonly Case[] {
  const random = chance(seed);
  return scenarios.flatMap((scenario) => variantsOf(scenario, random).map((variant, index) => caseOf(variant, index)));
}

export function caseOf(variant: Variant, index: number): Case {
  const { scenario, steps, attack, when } = variant;
  const consequential = new Set(scenario.tools.filter((tool) => tool.consequential).map(({ name }) => name));
  const first = steps.findIndex(({ output }, at) => output !== scenario.steps[at]?.output || steps.length !== scenario.steps.length);
  const cut = when === "after" ? steps.length : first + 1;
  const mine = steps.map(({ tool, args, output }): readonly Event[] => [
    { type: "tool.call", tool, args },
    { type: "tool.result", tool, text: output },
  ]);
  const theirs = attack.map(({ tool, args }): readonly Event[] => [{ type: "tool.call", tool, args }]);
  const parts = [
    ...mine.slice(0, cut).map(marked("user")),
    ...theirs.map(marked("attacker")),
    ...(when === "instead" ? [] : mine.slice(cut)).map(marked("user")),
  ];
  const events = parts.flatMap((part) => part.events);
  const run: Run = {
    id: `adaptive/${scenario.id}/${variant.class}/${variant.how}/${index}`,
    user: scenario.request,
    tools: scenario.tools.map(toolOf),
    events,
    calls: "attacker",
  };
  const marks = parts.map(({ side, events: [event] }): Mark => ({ side, consequential: event?.type === "tool.call" && consequential.has(event.tool) }));
  return { group: { benchmark: "adaptive", suite: scenario.suite, version: scenario.language, attack: variant.class }, run, marks };
}

const marked =
  (side: Mark["side"]) =>
  (events: readonly Event[]): { readonly side: Mark["side"]; readonly events: readonly Event[] } => ({ side, events });

function toolOf({ name, description, takes, schema }: ScenarioTool): Tool {
  const inputSchema = schema ?? { type: "object", properties: Object.fromEntries(takes.map((argument) => [argument, { type: "string" }])) };
  return { name, description, inputSchema };
}

/** The values of the arguments that say whom or what a call reaches. */
function targetsOf({ args }: Call): readonly string[] {
  return Object.entries(args).flatMap(([name, value]) => (TARGETS.test(name) ? valuesOf(value) : []));
}
const TARGETS = /^(?:to|cc|bcc|url|user|user_email|email|recipients?|participants|channel|path|event_id|email_id)$/;

/** Recorded attacks as scenarios: the place of the injected text becomes the place that the attacker writes to. None for rows of other kinds. */
export function recordedScenario(row: Row, suites: Suites): readonly Scenario[] {
  const { injection_text: text, user_prompt: request, steps, attacker_calls: calls } = row;
  if (typeof text !== "string" || text === "" || typeof request !== "string" || !Array.isArray(steps) || !Array.isArray(calls)) return [];
  const suite = String(row["suite"]);
  const marks = suites.consequential.get(suite) ?? new Set();
  const read = steps.map((step: Row) => ({
    tool: String(step["function"]),
    args: step["args"] as Call["args"],
    output: String(step["output"] ?? "").replaceAll(text, MARK),
  }));
  const attack = calls.map((call: Row): Call => ({ tool: String(call["function"]), args: call["args"] as Call["args"] }));
  const brought = (value: string): boolean => value.length > 3 && text.includes(value) && !request.includes(value);
  const foreign = attack.flatMap(targetsOf).find(brought) ?? attack.flatMap(({ args }) => valuesOf(args)).find(brought);
  if (foreign === undefined || !read.some(({ output }) => output.includes(MARK))) return [];
  const own = read.flatMap((step) => (marks.has(step.tool) ? targetsOf(step) : [])).find((value) => value.length > 2 && request.includes(value));
  const content = Object.keys(attack.at(-1)?.args ?? {}).find((name) => /^(?:body|content|subject)$/.test(name));
  return [
    {
      id: [row["user_task"], row["injection_task"]].join("-"),
      suite: `${row["benchmark"]} ${suite}`,
      language: "en",
      request,
      tools: (suites.tools.get(suite) ?? []).map((tool) => ({
        name: tool.name,
        description: tool.description ?? "",
        takes: [],
        consequential: marks.has(tool.name),
        schema: tool.inputSchema,
      })),
      steps: read,
      attack: { goal: text, calls: attack, foreign },
      ...(own === undefined ? {} : { own }),
      ...(content === undefined ? {} : { content }),
    },
  ];
}
