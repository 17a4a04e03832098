/**
 * May this call be made, although untrusted content was read before it? Assume the worst: the model does exactly what that content says. So
 * nothing here asks what the content means. It asks what the user's own words cover, and where each value of the call comes from.
 */
import type { ToolDefinition, ToolFacts } from "../defaults.ts";
import { isUsersHost, wasVisited } from "./address.ts";
import { type Argument, argumentsOf } from "./argument-role.ts";
import type { Call, Conversation } from "./conversation.ts";
import type { Order } from "./delegation.ts";
import { fetching, visits } from "./fetch.ts";
import { fold, isDisguised, newSearch } from "./fold.ts";
import type { Manifest } from "./manifest.ts";
import { against, type Known, type Objection, TOO_MANY } from "./objection.ts";
import { isTrusted, type Provenance, provenanceOf } from "./provenance.ts";
import { answers, confirms, prepares } from "./steps.ts";
import { actOf, bareName, ordersFor, type ToolAct } from "./tool-act.ts";
import { objectionsToNeed, objectionsToValue } from "./value.ts";

/** A tool with all that is known of it. */
export interface Described extends Facts {
  readonly definition?: ToolDefinition | undefined;
  readonly manifest?: Manifest | undefined;
}
export type Facts = Pick<ToolFacts, "effect" | "egress">;

/**
 * What stands against the call; nothing, where the user's words and trusted values carry all of it. `released` is told of each value on which that
 * rests and which was untrusted, and counts as trusted because it can say so little.
 */
export function objectionsTo(call: Call, tool: Described, conversation: Conversation, released: Released = () => {}): readonly Objection[] {
  // ATTACK: a call with many arguments, each nearly standing everywhere in what was read.
  const search = newSearch();
  const objections = found(call, tool, { ...conversation, search }, released);
  return search.left < 0 ? [TOO_MANY] : objections;
}
export type Released = (argument: string, origin: string) => void;

function found(call: Call, tool: Described, conversation: Conversation, released: Released): readonly Objection[] {
  const { definition, manifest, ...facts } = tool;
  if (isFree(tool) || (conversation.untrusted.length === 0 && conversation.declassified.size === 0)) return [];
  const act = actOf(bareName(call.tool), definition);
  const args = argumentsOf(call.args, act);
  // Nothing is left that could have moved the model; of what was released from it the record still tells.
  if (conversation.untrusted.length === 0) {
    for (const argument of args?.slice(0, MOST_TRACED) ?? []) void new Traced(argument, conversation, released).provenance;
    return [];
  }
  if (args === undefined || args.filter(({ role }) => TRACED.has(role)).length > MOST_TRACED) return [TOO_MANY];
  const about = args.map((argument) => new Traced(argument, conversation, released));
  const disguised = about.filter(({ argument }) => argument.role !== "content" && isDisguised(argument.value));
  if (disguised.length > 0)
    return disguised.map((known) => against("flow/disguised", "deny", "a value holds characters that make it look like another one", known));
  // What configuration says an argument needs goes before what its name lets one guess, and holds for reading too.
  const unmet = about.flatMap((known) => objectionsToNeed(known, manifest, act, conversation));
  const guessed = about.filter(({ argument: { path, value } }) => manifest?.need(path) === undefined && manifest?.isKnownHost(path, value) !== true);
  if (facts.effect === "read") return facts.egress ? [...unmet, ...fetching(guessed, conversation)] : unmet;
  if (visits(act, args)) return [...unmet, ...fetching(guessed, conversation)];
  return changing(call, act, tool, { about, guessed, unmet }, conversation);
}

/**
 * Whether the user's words ask for an action of this kind at all, whatever was read: the declared intent alone, and nothing of where values come from.
 * Undefined where they do, and where it only reads.
 */
export function beyondIntent(call: Call, tool: Described, conversation: Conversation): Objection | undefined {
  if (tool.effect === "read" || isFree(tool)) return undefined;
  const act = actOf(bareName(call.tool), tool.definition);
  const args = argumentsOf(call.args, act);
  if (args === undefined) return against("flow/too-many-arguments", "ask", "the call has more arguments than can be looked at");
  const about = args.map((argument) => new Traced(argument, conversation));
  return isCovered(act, about, conversation) ? undefined : against("flow/intent", "ask", "the request does not ask for an action of this kind");
}

/** Reading inside the house, of which nobody demands anything. */
export const isFree = ({ effect, egress, manifest }: Described): boolean => effect === "read" && !egress && manifest?.demanding !== true;

/** Values that are followed back, each through everything that was read. A call for more than a hundred is one for a person anyway. */
const MOST_TRACED = 100;
const TRACED: ReadonlySet<string> = new Set(["target", "object", "secret", "command", "amount"]);

/** A value whose provenance is worked out when somebody asks for it: most of a call is text of which nobody does. */
class Traced implements Known {
  readonly argument: Argument;
  readonly #conversation: Conversation;
  readonly #released: Released | undefined;
  #provenance: Provenance | undefined;

  constructor(argument: Argument, conversation: Conversation, released?: Released) {
    this.argument = argument;
    this.#conversation = conversation;
    this.#released = released;
  }

  get provenance(): Provenance {
    if (this.#provenance !== undefined) return this.#provenance;
    this.#provenance = provenanceOf(this.argument.value, this.#conversation, this.argument.role);
    if (this.#provenance.from === "declassified") this.#released?.(this.argument.path, this.#provenance.origin);
    return this.#provenance;
  }
}

/** The values of a call: all of them, those that no configuration speaks of, and what it says of the others. */
interface Values {
  readonly about: readonly Known[];
  readonly guessed: readonly Known[];
  readonly unmet: readonly Objection[];
}

/** Something is changed or sent. */
function changing(call: Call, act: ToolAct, facts: Described, { about, guessed, unmet }: Values, conversation: Conversation): readonly Objection[] {
  const { delegation } = conversation;
  const orders = ordersFor(act, delegation);
  const targets = about.filter(({ argument }) => argument.role === "target");
  const atUsersPage = targets.some(({ argument }) => isUsersHost(argument.value, conversation));
  const covered = isCovered(act, about, conversation);
  const setting = {
    act,
    facts,
    manifest: facts.manifest,
    conversation,
    about,
    orders,
    open: orders.some((order) => order.open),
    many: orders.some((order) => order.many),
    targetNamed: atUsersPage || targets.some(({ provenance }) => isTrusted(provenance)),
  };
  const objections = [
    ...(covered ? [] : [against("flow/not-delegated", mayBeMeant(act, delegation) ? "ask" : "deny", "the request does not ask for an action of this kind")]),
    ...unmet,
    ...guessed.flatMap((known) => objectionsToValue(known, setting)),
    ...beyondOrders(call, act, orders, targets, conversation),
  ];
  // Whoever the money goes to decides; what the same source says of the amount is no second doubt.
  const doubted = objections.filter(({ id }) => id !== "flow/untrusted-amount" && id !== "flow/other-amount");
  return weighed(doubted.length > 0 ? doubted : objections, conversation);
}

/** The request orders an action of this kind, or one that this prepares or confirms. */
function isCovered(act: ToolAct, about: readonly Known[], conversation: Conversation): boolean {
  if (ordersFor(act, conversation.delegation).length > 0 || prepares(act, conversation)) return true;
  if (confirms(act, about, conversation) || answers(act, about, conversation)) return true;
  const targets = about.filter(({ argument }) => argument.role === "target");
  return act.deeds.includes("fill") && targets.some(({ argument: { value } }) => isUsersHost(value, conversation) || wasVisited(value, conversation));
}

/**
 * One thing that is unclear is for a person to judge. Where two things speak against a call, and the request left nothing open, it is denied. A request
 * that hands decisions on leaves everything open but what decides what runs and who may log in.
 */
function weighed(objections: readonly Objection[], { delegation }: Conversation): readonly Objection[] {
  const ids = new Set(objections.map(({ id }) => id));
  return ids.size < 2 || (delegation.handedOn && !ids.has("flow/sensitive-path")) ? objections : objections.map((one) => ({ ...one, effect: "deny" as const }));
}

/**
 * Could the user have meant it, in words that we do not know? Not where the request orders nothing at all, or speaks neither of such an action
 * nor of such a thing: then nobody need be asked.
 */
function mayBeMeant(act: ToolAct, { handedOn, acts, things }: Conversation["delegation"]): boolean {
  if (handedOn) return true;
  return acts && !act.things.includes("secret") && act.things.some((thing) => things.includes(thing));
}

/** More actions of a kind than were asked for. Where each goes to another target that the user named, each was asked for. */
function beyondOrders(call: Call, act: ToolAct, orders: readonly Order[], targets: readonly Known[], { calls }: Conversation): readonly Objection[] {
  if (isRepeatable(act)) return [];
  const earlier = calls.filter(({ tool }) => tool === call.tool);
  if (orders.length === 0 || orders.some(({ many }) => many) || earlier.length < orders.length) return [];
  const fresh = targets.some(({ argument, provenance }) => provenance.from === "user" && !earlier.some(({ args }) => holds(args, fold(argument.value))));
  return fresh ? [] : [against("flow/more-than-asked", "ask", "the request asks for fewer actions of this kind than were made")];
}

/** Opening, filling in and fetching goes on until it is done; nobody says how often. */
const isRepeatable = ({ deeds, things }: ToolAct): boolean =>
  (deeds.includes("get") && things.includes("file")) || deeds.every((deed) => deed === "get" || deed === "fill" || deed === "confirm");

function holds(value: unknown, wanted: string): boolean {
  if (typeof value === "string") return fold(value) === wanted;
  return typeof value === "object" && value !== null && Object.values(value).some((item) => holds(item, wanted));
}
