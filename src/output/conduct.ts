import { type Decision, type Detector, deny, join, type Match, NEUTRAL, permit, type Scanner } from "../core/index.ts";
import { maskOf, type OutputAction } from "./actions.ts";
import type { Act } from "./channel.ts";
import type { Question } from "./whole/whole.ts";

/** What happens where an answer says what it should not, by the detector that finds it. */
export type ConductActions = { readonly [detector: string]: OutputAction | "off" };

/** What answers should not say, prepared for all of them. */
export interface Conduct {
  /** Those that are masked or end the answer: they have to be looked for while it passes. */
  readonly holding: readonly Detector[];
  open(): OpenConduct;
}
export interface OpenConduct {
  /** Undefined for a match that is about something else. */
  act(match: Match): Act | undefined;
  /** For the others, once the text is whole. */
  readonly question: Question | undefined;
  decisions(): readonly Decision[];
}

export function conductOf(detectors: readonly Detector[], actions: ConductActions, scanner: (detectors: readonly Detector[]) => Scanner): Conduct {
  const actionOf = (id: string): OutputAction | "off" => actions[id] ?? "report";
  const holding = detectors.filter(({ id }) => actionOf(id) === "mask" || actionOf(id) === "block");
  const reporting = detectors.filter(({ id }) => actionOf(id) === "report");
  const held = new Set(holding.map(({ id }) => id));
  const reports = reporting.length === 0 ? undefined : scanner(reporting);
  return {
    holding,
    open() {
      const decided = new Map<string, Decision>();
      return {
        act(match) {
          const { detector } = match;
          if (!held.has(detector)) return undefined;
          const id = `detectors/${detector}`;
          if (actionOf(detector) === "block") {
            decided.set(id, deny({ id, text: `withheld the answer from ${detector} on` }));
            return "block";
          }
          decided.set(id, permit({ id, text: `masked ${detector}` }));
          return { by: maskOf(match) };
        },
        question: reports === undefined ? undefined : { holds: false, ask: (text) => reported(reports.matches(text, "model")) },
        decisions: () => [...decided.values()],
      };
    },
  };
}

function reported(matches: readonly Match[]): Decision {
  const found = new Set(matches.map(({ detector }) => detector));
  return [...found].map((detector) => permit({ id: `detectors/${detector}`, text: `found ${detector} in the answer` })).reduce(join, NEUTRAL);
}
