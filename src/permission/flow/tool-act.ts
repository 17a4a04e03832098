import type { ToolDefinition } from "../defaults.ts";
import type { Delegation, Order } from "./delegation.ts";
import { DEEDS, type Deed, THINGS, type Thing } from "./vocabulary.ts";
import { formsOf, lookUp, lookUpThing, wordsIn, wordsOfName } from "./words.ts";

/** What a tool does, as far as its name (and where that says nothing, its description) tells: the tool's side of an order. */
export interface ToolAct {
  readonly deeds: readonly Deed[];
  readonly things: readonly Thing[];
  readonly words: readonly string[];
}

/** The tool's own name, without its server's. */
export const bareName = (tool: string): string => tool.slice(tool.lastIndexOf(".") + 1);

export function actOf(name: string, definition?: ToolDefinition): ToolAct {
  const description = definition?.description ?? "";
  const key = `${name}\n${description.slice(0, 400)}`;
  let act = acts.get(key);
  if (act !== undefined) return act;
  act = workOut(name, description);
  // Names come from outside: only so many are remembered.
  if (acts.size >= MOST_ACTS) acts.clear();
  acts.set(key, act);
  return act;
}
const acts = new Map<string, ToolAct>();
const MOST_ACTS = 2_000;

function workOut(name: string, description: string): ToolAct {
  const words = wordsOfName(name);
  const deeds = new Set(words.flatMap((word) => lookUp(DEEDS, word) ?? []));
  // `book_hotel`: the verb is no thing (a book); where it is all there is (`email`), it says both.
  const verb = words.findIndex((word) => lookUp(DEEDS, word) !== undefined);
  const things = new Set(words.filter((_, at) => at !== verb || words.length === 1).flatMap((word) => lookUpThing(THINGS, word) ?? []));
  const verbs = words.filter((word) => lookUp(DEEDS, word) !== undefined);
  // `send_email`: the thing is the mail; that mail is also a verb says nothing more.
  const said = wordsIn(description.slice(0, 400).split(/[.\n]/, 1)[0] ?? "").map(({ word }) => word);
  if (deeds.size === 0) for (const deed of lookUp(DEEDS, said[0] ?? "") ?? []) deeds.add(deed);
  if (things.size === 0) for (const word of said.slice(1)) for (const thing of lookUp(THINGS, word) ?? []) things.add(thing);
  return { deeds: [...deeds], things: [...things], words: verbs.length > 0 ? words : [...words, ...said.slice(0, 1)] };
}

/** The orders of a request that ask for what this tool does. */
export function ordersFor(act: ToolAct, delegation: Delegation): readonly Order[] {
  let known = fitting.get(delegation);
  if (known === undefined) fitting.set(delegation, (known = new Map()));
  let orders = known.get(act);
  if (orders === undefined) known.set(act, (orders = delegation.orders.filter((order) => fits(act, order))));
  return orders;
}
const fitting = new WeakMap<Delegation, Map<ToolAct, readonly Order[]>>();

function fits(act: ToolAct, order: Order): boolean {
  const named = act.words.some((word) => sameWord(word, order.word));
  if (!named && !act.deeds.some((deed) => order.deeds.includes(deed))) return false;
  // A verb without its thing covers nothing: `update my address` is not `update my password`.
  const things = act.things;
  if (things.length === 0) return named && act.words.every((word) => sameWord(word, order.word) || order.words.some((one) => sameWord(one, word)));
  if (things.includes("secret") && !order.things.includes("secret")) return false;
  if (things.some((thing) => order.things.includes(thing))) return true;
  // Who is told something, is told it in a message.
  return things.includes("message") && order.deeds.includes("send") && !order.things.includes("money") && !order.things.includes("page");
}

export function sameWord(a: string, b: string): boolean {
  return a === b || formsOf(a).some((form) => form.length > 2 && formsOf(b).includes(form));
}
