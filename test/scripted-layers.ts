import type { Decision, Effect } from "../src/core/decision.ts";
import { NEUTRAL_LABEL } from "../src/core/label.ts";
import type { Clock, Entry, Filter, Inspection, Layers, Resolution } from "../src/core/layers.ts";
import type { Outcome } from "../src/core/outcome.ts";
import type { Request } from "../src/core/request.ts";
import type { Scenario } from "./reference/guard.ts";

/** What the log of a scripted run holds: enough to say that every effect had its record first. */
export interface Journal {
  readonly intents: { id: string; effect: Effect }[];
  readonly outcomes: { id: string; outcome: Outcome }[];
  performed: number;
}

/** A clock whose timers fire as soon as everything that is ready has run: a deadline passes exactly when nothing else is going on. */
export const eagerClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  timer: (_ms, fire) => {
    const handle = setTimeout(fire, 1);
    return () => clearTimeout(handle);
  },
};

export const request = (id: string, parent?: string): Request => ({
  id,
  principal: { agent: "support" },
  action: parent === undefined ? { type: "model.call" } : { type: "tool.call", tool: "crm.send_mail", args: { to: "a@example.org" } },
  content: [{ source: { kind: "user" }, label: NEUTRAL_LABEL, text: "hello" }],
  context: { time: 0, surface: "test", ...(parent === undefined ? {} : { parent }) },
});

/** Layers that behave as a scenario says. A request with a parent is one that an answer proposed; an id ending in `'` was edited. */
export function scripted(scenario: Scenario): { layers: Layers; journal: Journal } {
  const journal: Journal = { intents: [], outcomes: [], performed: 0 };
  const layers: Layers = {
    clock: eagerClock,
    deadlines: { inspect: 5, decide: 5, record: 5 },
    audit: {
      open(asked) {
        if (scenario.open === "throws" && asked.context.parent === undefined) throw new Error("the log is closed");
        return entry(asked, scenario, journal);
      },
    },
    input: {
      inspect: (asked) =>
        behave(effectOf(asked, scenario, "input"), (effect): Inspection => ({ decision: decision(effect, "detectors/x"), label: NEUTRAL_LABEL, passages: [] })),
    },
    permission: {
      decide: (asked) =>
        behave(
          effectOf(asked, scenario, "permission"),
          (effect): Decision => (effect === ("silent" as Effect) ? { effect: "permit", reasons: [], obligations: [] } : decision(effect, "roles/x")),
        ),
    },
    oversight: { resolve: (asked) => resolution(asked, scenario) },
    sandbox: {
      async execute(decided, _decision, perform, signal) {
        if (scenario.sandbox === "refuses") return { kind: "refused", reason: { id: "sandbox/x", text: "no driver" } };
        if (scenario.sandbox === "throws before") throw new Error("no sandbox");
        if (scenario.sandbox === "hangs before") return new Promise(() => {});
        const answer = await perform(decided, signal);
        if (scenario.sandbox === "throws after") throw new Error("done, but the answer was lost");
        if (scenario.sandbox === "hangs after") return new Promise(() => {});
        return { kind: "ran", answer };
      },
    },
    output: {
      open() {
        if (scenario.output === "throws at open") throw new Error("no filter");
        return filter(scenario);
      },
    },
  };
  return { layers, journal };
}

export function decision(effect: Effect, id: string): Decision {
  return { effect, reasons: [{ id, effect, text: `said ${effect}` }], obligations: [] };
}

function effectOf(asked: Request, scenario: Scenario, layer: "input" | "permission"): Scenario["permission"] {
  if (asked.context.parent !== undefined) return layer === "permission" ? (scenario.proposes ?? "deny") : "permit";
  if (asked.id.endsWith("'") && typeof scenario.oversight === "object") return scenario.oversight.editedTo[layer];
  return scenario[layer];
}

function behave<T>(how: Scenario["permission"], make: (effect: Effect) => T): T | Promise<T> {
  switch (how) {
    case "throws":
      throw new Error("broken");
    case "hangs":
      return new Promise(() => {});
    case "late":
      return new Promise((resolve) => setTimeout(() => resolve(make("permit")), 20));
    case "odd":
      return { effect: "allow", decision: { effect: "allow" } } as T;
    default:
      return make(how as Effect);
  }
}

function entry(asked: Request, scenario: Scenario, journal: Journal): Entry {
  return {
    decided(_request, decided) {
      const proposed = asked.context.parent !== undefined;
      if (!proposed && scenario.record === "throws") return Promise.reject(new Error("EIO"));
      if (!proposed && scenario.record === "hangs") return new Promise(() => {});
      return Promise.resolve().then(() => void journal.intents.push({ id: asked.id, effect: decided.effect }));
    },
    close: (outcome) => void journal.outcomes.push({ id: asked.id, outcome }),
  };
}

function resolution(asked: Request, scenario: Scenario): Resolution | Promise<Resolution> {
  const edited = asked.id.endsWith("'");
  const how = typeof scenario.oversight === "object" && edited ? scenario.oversight.editedTo.answer : scenario.oversight;
  if (asked.context.parent !== undefined) return { kind: "nobody" };
  if (typeof how === "object") return { kind: "edit", request: { ...asked, id: `${asked.id}'` } };
  if (how === "throws") throw new Error("broken");
  if (how === "hangs") return new Promise(() => {});
  if (how === "wait") return { kind: "wait", ticket: "HF-1" };
  return how === "nobody" ? { kind: how } : { kind: how, reason: { id: "oversight/anna", text: "a person answered" } };
}

function filter(scenario: Scenario): Filter {
  let blocked = false;
  return {
    get blocked() {
      return blocked;
    },
    text(_channel, text) {
      if (scenario.output === "throws at text") throw new Error("broken");
      if (scenario.output === "blocks") blocked = true;
      return blocked ? "" : text;
    },
    end: () => "",
    value: (value) => value,
    verdict() {
      if (scenario.output === "throws at verdict") throw new Error("broken");
      return { decision: decision(blocked ? "deny" : "permit", "detectors/x"), passages: [] };
    },
  };
}
