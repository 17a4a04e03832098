import type { Effect } from "../../core/decision.ts";
import type { Argument } from "./argument-role.ts";
import type { Provenance } from "./provenance.ts";

/** Why a call is not simply let through. */
export interface Objection {
  readonly id: `flow/${string}`;
  readonly effect: Exclude<Effect, "permit">;
  /** One sentence without foreign text. */
  readonly text: string;
  /** Which value, and what it came from: `recipient`, `tool:files.read#3`. */
  readonly argument?: string;
  readonly origin?: string;
}

/** A value of a call, and where it comes from. */
export interface Known {
  readonly argument: Argument;
  readonly provenance: Provenance;
}

export function against(id: Objection["id"], effect: Objection["effect"], text: string, known?: { argument: Argument; provenance?: Provenance }): Objection {
  const { argument, provenance } = known ?? {};
  const origin = provenance !== undefined && "item" in provenance ? provenance.item.origin : undefined;
  return { id, effect, text, ...(argument === undefined ? {} : { argument: argument.path }), ...(origin === undefined ? {} : { origin }) };
}
