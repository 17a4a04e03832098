/**
 * A model of the guarded path, small enough to read in one sitting: what must come of a request, given how each layer behaves. It
 * shares no code with `src/core/monitor.ts`; the two are compared over random scenarios.
 */
export type Effect = "permit" | "ask" | "deny";

/** How a part of the path behaves in a scenario. `odd` is an answer that is not one. */
export type Broken = "throws" | "hangs" | "late" | "odd";

export interface Scenario {
  readonly open: "ok" | "throws";
  readonly input: Effect | Broken;
  /** `silent` is a permit without a reason. */
  readonly permission: Effect | Broken | "silent";
  readonly oversight:
    | "permit"
    | "deny"
    | "wait"
    | "nobody"
    | "throws"
    | "hangs"
    | { readonly editedTo: { readonly input: Effect; readonly permission: Effect; readonly answer: "permit" | "deny" | "nobody" } };
  readonly record: "ok" | "throws" | "hangs";
  /** `after` means that the effect took place and the answer was lost. */
  readonly sandbox: "runs" | "refuses" | "throws before" | "throws after" | "hangs before" | "hangs after";
  readonly output: "clean" | "blocks" | "throws at open" | "throws at text" | "throws at verdict";
  readonly deliver: "ok" | "throws" | "hangs";
  /** The effect of a call that the answer proposes, if it proposes one. */
  readonly proposes?: Effect;
}

export interface Expected {
  readonly status: "unrecorded" | "denied" | "pending" | "failed" | "done";
  readonly performed: boolean;
  /** What reached the receiver: the text, and whether the proposed call was handed on as permitted. */
  readonly text: boolean;
  readonly call: "none" | "permitted" | "refused";
}

export function model(scenario: Scenario): Expected {
  const nothing = { performed: false, text: false, call: "none" } as const;
  if (scenario.open !== "ok") return { status: "unrecorded", ...nothing };
  const answer = people(strictest(scenario.permission, scenario.input), scenario.oversight);
  if (scenario.record !== "ok") return { status: "unrecorded", ...nothing };
  if (answer === "wait") return { status: "pending", ...nothing };
  if (answer !== "permit") return { status: "denied", ...nothing };
  return perform(scenario);
}

function strictest(permission: Scenario["permission"], input: Scenario["input"]): Effect {
  const order = ["permit", "ask", "deny"];
  const place = (one: string): number => (order.includes(one) ? order.indexOf(one) : 2);
  return order[Math.max(place(permission), place(input))] as Effect;
}

function people(effect: Effect, oversight: Scenario["oversight"]): Effect | "wait" {
  if (effect !== "ask") return effect;
  if (typeof oversight === "object") {
    const edited = strictest(oversight.editedTo.permission, oversight.editedTo.input);
    return people(edited, oversight.editedTo.answer);
  }
  if (oversight === "permit" || oversight === "wait") return oversight;
  return "deny";
}

function perform(scenario: Scenario): Expected {
  switch (scenario.sandbox) {
    case "refuses":
      return { status: "denied", performed: false, text: false, call: "none" };
    case "throws before":
    case "hangs before":
      return { status: "failed", performed: false, text: false, call: "none" };
    case "throws after":
    case "hangs after":
      return { status: "failed", performed: true, text: false, call: "none" };
    case "runs":
      return release(scenario);
  }
}

function release(scenario: Scenario): Expected {
  if (scenario.output === "throws at open" || scenario.output === "throws at text") return { status: "failed", performed: true, text: false, call: "none" };
  if (scenario.output === "blocks") return { status: "done", performed: true, text: false, call: "none" };
  if (scenario.deliver !== "ok") return { status: "failed", performed: true, text: false, call: "none" };
  // A proposed call is decided by itself; nobody can be asked about it in these scenarios.
  const call = scenario.proposes === undefined ? "none" : scenario.proposes === "permit" ? "permitted" : "refused";
  return { status: scenario.output === "clean" ? "done" : "failed", performed: true, text: true, call };
}
