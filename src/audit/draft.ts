/** From the monitor's values to records. Bounded, masked, and never more than what layer 1 or 4 has looked at. */
import { type Content, sourceName } from "../core/content.ts";
import type { Decision, Reason } from "../core/decision.ts";
import type { Intent } from "../core/intent.ts";
import type { Json } from "../core/json.ts";
import type { Label } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import { memoise } from "../core/memoise.ts";
import type { Facts, Outcome, Passage } from "../core/outcome.ts";
import type { Request } from "../core/request.ts";
import { fits, safeJson } from "./line.ts";
import { countBy, type Masking } from "./mask.ts";
import type { Excerpt, InputRecord, IntentRecord, OutcomeRecord } from "./record.ts";
import { scrubber } from "./scrub.ts";

/** Code units of one passage, and of all passages of one record. */
const MOST_EXCERPT = 2000;
const MOST_EXCERPTS = 12_000;
const MOST_INPUTS = 64;
const MOST_LIST = 50;
const MOST_DECLARED = 4;
const NOT_INSPECTED = "[not inspected]";

/** A record before it has its place. JSON leaves out what is undefined, and one literal is several times faster than joining parts. */
type Body<R> = { readonly [K in Exclude<keyof R, "seq" | "prev">]: R[K] | undefined };

/** The intent record as JSON. `id` is the recorded one; `time` is RFC 3339. */
export function intentJson(id: string, request: Request, decision: Decision, inspection: Inspection, time: string, masking: Masking): string {
  return shrinking((scale) => intent(id, request, decision, inspection, time, masking, scale));
}

export interface Closing {
  readonly id: string;
  readonly intent: number;
  /** What the intent record already says. */
  readonly decision: Decision;
  readonly took: number;
}

export function outcomeJson(closing: Closing, outcome: Outcome, time: string, masking: Masking): string {
  return shrinking((scale) => outcomeDraft(closing, outcome, time, masking, scale));
}

/** An id as the log writes it: the same for all records of one request. Surfaces make ids; one that a caller chose may be an address. */
export function recordedId(id: string, masking: Masking): string {
  return id.includes("@") ? masking.pseudonym(id) : id.slice(0, 200);
}

/** Excerpts get shorter until the record fits into an entry; what then still does not fit is our bug. */
function shrinking(draft: (scale: number) => Body<IntentRecord> | Body<OutcomeRecord>): string {
  for (const scale of [1, 0.5, 0.25, 0.1, 0]) {
    const json = safeJson(draft(scale));
    if (fits(json)) return json;
  }
  throw new RangeError("a record without excerpts is too long");
}

function intent(id: string, request: Request, decision: Decision, inspection: Inspection, time: string, masking: Masking, scale: number): Body<IntentRecord> {
  const { principal, action, resource, content, context } = request;
  const scrub = scrubber(inspection.passages, masking);
  const budget = budgetOf(scale);
  const passages = byPlace(inspection.passages);
  const input: InputRecord[] = [];
  for (let i = content.length - 1; i >= 0 && input.length < (scale === 0 ? 16 : MOST_INPUTS); i--) {
    const at = `content/${i}`;
    input.push(inputRecord(at, content[i]!, passages.get(at) ?? [], masking, budget, scrub.plain));
  }
  return {
    kind: "intent",
    id,
    time,
    asked: iso(context.time),
    agent: scrub.plain(principal.agent, 200),
    user: principal.user && masking.pseudonym(principal.user),
    session: principal.session && scrub.identifier(principal.session, 200),
    key: principal.capability && scrub.identifier(principal.capability, 100),
    surface: context.surface,
    parent: context.parent && recordedId(context.parent, masking),
    traceparent: context.traceparent && scrub.plain(context.traceparent, 100),
    declared: context.intents?.slice(0, MOST_DECLARED).map((one) => declaredOf(one, masking)),
    action: action.type,
    tool: action.tool && scrub.plain(action.tool, 200),
    args: action.args && argsOf(action.args, passages.get("args") ?? [], masking, budget),
    target: resource && { type: scrub.plain(resource.type, 100), id: scrub.address(resource.id, 500) },
    effect: decision.effect,
    reasons: reasonsOf(decision.reasons),
    obligations: decision.obligations.slice(0, MOST_LIST),
    label: labelOf(inspection.label, scrub.identifier),
    input,
    omitted: content.length > input.length ? content.length - input.length : undefined,
  };
}

function declaredOf({ tools, effect, targets }: Intent, masking: Masking): Intent {
  const named = (tool: string): string => (NAME.test(tool) ? tool : masking.pseudonym(tool));
  return {
    ...(tools === undefined ? {} : { tools: tools.slice(0, MOST_LIST).map(named) }),
    ...(effect === undefined ? {} : { effect }),
    ...(targets === undefined ? {} : { targets: targets.slice(0, MOST_LIST).map((target) => masking.pseudonym(target)) }),
  };
}
/** Words, each with a short number behind it at most, as tools are called (`crm.*`, `get_object_v2`): keys and numbers of people have digits elsewhere. */
const NAME = /^(?=.{1,100}$)(?:[A-Za-z]{1,40}\d{0,2}(?![A-Za-z\d])|[._*-])+$/;

function outcomeDraft(closing: Closing, outcome: Outcome, time: string, masking: Masking, scale: number): Body<OutcomeRecord> {
  const passages = outcome.status === "done" ? outcome.verdict.passages : [];
  const known = closing.decision.reasons;
  const isNews = ({ id }: Reason): boolean => !known.some((one) => one.id === id);
  const released = outcome.status === "done" ? outcome.verdict.decision.reasons.filter(isNews) : [];
  const news = reasonsOf(outcome.decision === closing.decision ? released : [...outcome.decision.reasons.filter(isNews), ...released]);
  const facts = outcome.status === "done" || outcome.status === "failed" ? outcome.facts : undefined;
  const budget = budgetOf(scale);
  const findings = passages.flatMap((passage) => passage.findings);
  return {
    kind: "outcome",
    intent: closing.intent,
    id: closing.id,
    time,
    status: outcome.status,
    took: Math.round(closing.took * 10) / 10,
    effect: outcome.status === "done" && outcome.verdict.decision.effect === "deny" ? "deny" : outcome.decision.effect,
    reasons: news.length > 0 ? news : undefined,
    output: passages.length > 0 ? excerptsOf(passages.toReversed(), masking, budget) : undefined,
    findings: findings.length > 0 ? countBy(findings, ({ kind }) => kind) : undefined,
    facts: facts && factsOf(facts, passages, masking),
    code: outcome.status === "failed" ? outcome.code : undefined,
    ticket: outcome.status === "pending" ? outcome.ticket : undefined,
  };
}

/** Facts of a system record or an outcome: short, and free of what was found beside them. */
export function factsOf(facts: Facts, passages: readonly Passage[], masking: Masking): Facts {
  const names = Object.keys(facts);
  if (names.length <= MOST_LIST && names.every((name) => name.length <= 100 && typeof facts[name] === "number")) return facts;
  const { plain } = scrubber(passages, masking);
  return Object.fromEntries(
    Object.entries(facts)
      .slice(0, MOST_LIST)
      .map(([name, value]) => [name.slice(0, 100), typeof value === "string" ? plain(value, 200) : value]),
  );
}

interface Budget {
  left: number;
  readonly each: number;
}
const budgetOf = (scale: number): Budget => ({ left: Math.floor(MOST_EXCERPTS * scale), each: Math.floor(MOST_EXCERPT * scale) });

function inputRecord(
  at: string,
  content: Content,
  passages: readonly Passage[],
  masking: Masking,
  budget: Budget,
  plain: (text: string, most: number) => string,
): InputRecord {
  const text = content.text ?? JSON.stringify(content.value);
  return {
    at,
    source: plain(sourceName(content.source), 200),
    integrity: content.label.integrity,
    length: text.length,
    digest: masking.digest(text),
    excerpts: excerptsOf(passages, masking, budget),
  };
}

function excerptsOf(passages: readonly Passage[], masking: Masking, budget: Budget): readonly Excerpt[] {
  const excerpts: Excerpt[] = [];
  for (const passage of passages) {
    if (budget.left <= 0 || excerpts.length === MOST_LIST) break;
    const excerpt = masking.excerpt(passage, Math.min(budget.each, budget.left));
    budget.left -= excerpt.excerpt.length + 20;
    excerpts.push(excerpt);
  }
  return excerpts;
}

/** Passages by the first words of their place: `content/3`, `args`. */
function byPlace(passages: readonly Passage[]): ReadonlyMap<string, Passage[]> {
  const places = new Map<string, Passage[]>();
  for (const passage of passages) {
    const { at } = passage;
    const end = at.indexOf("/", at.startsWith("content/") ? 8 : 0);
    const place = end < 0 ? at : at.slice(0, end);
    const there = places.get(place);
    if (there === undefined) places.set(place, [passage]);
    else there.push(passage);
  }
  return places;
}

/** Arguments in their own shape. A text that no detector looked at is not written: an uninspected secret would stand there in plain. */
function argsOf(args: Json, passages: readonly Passage[], masking: Masking, budget: Budget): Json {
  const byText = passages.length > 8 ? new Map(passages.map((passage) => [passage.text, passage])) : undefined;
  const inspected = (text: string): Passage | undefined => (byText === undefined ? passages.find((passage) => passage.text === text) : byText.get(text));
  const excerpt = (text: string, passage = inspected(text)): string => {
    if (passage === undefined) return NOT_INSPECTED;
    const cut = masking.excerpt(passage, Math.max(0, Math.min(budget.each, budget.left)));
    budget.left -= cut.excerpt.length;
    return cut.truncated === undefined ? cut.excerpt : `${cut.excerpt}[${cut.truncated} more]`;
  };
  const nameOf = (name: string): string => {
    const passage = inspected(name);
    return isPlainName(name) && (passage === undefined || passage.findings.length === 0) ? name : excerpt(name, passage);
  };
  const numberOf = (number: number): Json => {
    const passage = inspected(String(number));
    // A long number can be a card, a telephone number or a tax id.
    return passage === undefined && Math.abs(number) < SHORT_NUMBER ? number : excerpt(String(number), passage);
  };
  let nodes = 0;
  const walk = (value: Json, depth: number): Json => {
    if (++nodes > 500 || depth > 20) return "[too much]";
    if (typeof value === "string") return value === "" ? "" : excerpt(value);
    if (typeof value === "number") return numberOf(value);
    if (value === null || typeof value === "boolean") return value;
    if (isList(value)) return value.slice(0, MOST_LIST).map((item) => walk(item, depth + 1));
    const named: { [name: string]: Json } = {};
    for (const name of Object.keys(value).slice(0, MOST_LIST)) {
      const shown = nameOf(name);
      named[Object.hasOwn(named, shown) ? `${shown} (${nodes})` : shown] = walk(value[name] ?? null, depth + 1);
    }
    return named;
  };
  return walk(args, 0);
}

const SHORT_NUMBER = 1e9;
/** A word a programmer chose. Anything else in a key's place may be data. */
const isPlainName = (name: string): boolean =>
  name !== "__proto__" && name.length <= 40 && /^[A-Za-z_$][A-Za-z_$.-]*[0-9]{0,3}$/.test(name) && !/[A-Z]{12}/.test(name);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function reasonsOf(reasons: readonly Reason[]): readonly Reason[] {
  const fit = reasons.length <= MOST_LIST && reasons.every(({ text }) => text.length <= 300);
  return fit ? reasons : reasons.slice(0, MOST_LIST).map((reason) => ({ ...reason, text: reason.text.slice(0, 300) }));
}

function labelOf(label: Label, identifier: (text: string, most: number) => string): Label {
  const names = (list: readonly string[]): readonly string[] => list.slice(0, MOST_LIST).map((name) => identifier(name, 200));
  return {
    integrity: label.integrity,
    readers: label.readers === "public" ? "public" : names(label.readers),
    categories: label.categories,
    origins: names(label.origins),
  };
}

/** RFC 3339; a time outside what a date can be is the epoch rather than an error in the path. Many records are made in one millisecond. */
export const iso = memoise(64, (milliseconds: number): string => new Date(Math.abs(milliseconds) <= 8.64e15 ? milliseconds : 0).toISOString());
