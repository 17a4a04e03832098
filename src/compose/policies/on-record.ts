import type { IntentRecord } from "../../audit/record.ts";
import { type Content, parseSource, SOURCES } from "../../core/content.ts";
import { NEUTRAL } from "../../core/decision.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";

/** A decision of the log as far as it can be asked again, and what of it cannot. */
export interface Material {
  readonly request: Request;
  readonly inspection: Inspection;
  readonly missing: readonly string[];
}

/** As many as the log writes down of a list. */
const MOST_LISTED = 50;
/** What stands in place of what is masked, cut or was not looked at: `[email]`, `[aws-access-key:h:…]`, `[1200 more]`, `[not inspected]`. */
const MASK = /\[[^[\]]*\]/;
/** A number in which something could be found is written as text, and nobody can tell it from one. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;
const PSEUDONYM = /^h:[0-9a-f]{16}$/;

/**
 * The request behind a record. The log masks what detectors found and cuts what is long, so of every text that has such a mark in it nothing is known.
 * A text that only looks like it counts as unknown as well. What detectors found in it, and what was new to an agent, no record says.
 */
export function materialOf(record: IntentRecord): Material {
  const { id, agent, user, session, key, surface, action, tool, args, target, label, input, omitted = 0, asked } = record;
  const given = isObject(args) ? args : undefined;
  const content = input.map(
    ({ source, integrity }): Content => ({
      source: parseSource(source) ?? UNKNOWN,
      label: { ...label, integrity: integrity as typeof label.integrity },
      text: "",
    }),
  );
  const listed = (names: typeof label.readers): boolean => names === "public" || (names.length < MOST_LISTED && names.every(isWhole));
  const lost = [...(given === undefined ? [] : lostIn(given))];
  const missing: readonly (string | false)[] = [
    ...lost,
    // How much it is, is read from the arguments.
    lost.length > 0 && "act",
    "act.first",
    "findings",
    user !== undefined && "principal.user",
    session !== undefined && !isWhole(session) && "principal.session",
    !isWhole(agent) && "principal.agent",
    tool !== undefined && !isWhole(tool) && "action.tool",
    target !== undefined && !isWhole(target.type) && "resource.type",
    target !== undefined && !isWhole(target.id) && "resource.id",
    !listed(label.readers) && "labels.readers",
    !listed(label.origins) && "labels.origins",
    omitted > 0 && "content",
    input.some(({ source }) => !SOURCES.some((kind) => source === kind || source.startsWith(`${kind}:`))) && "content.sources",
  ];
  return {
    request: {
      id,
      principal: { agent, ...(session === undefined ? {} : { session }), ...(key === undefined ? {} : { capability: key }) },
      action: { type: action, ...(tool === undefined ? {} : { tool }), ...(given === undefined ? {} : { args: given }) },
      ...(target === undefined ? {} : { resource: target }),
      content,
      context: { time: Date.parse(asked), surface },
    },
    inspection: { decision: NEUTRAL, label, passages: [] },
    missing: missing.filter((name) => name !== false),
  };
}

const UNKNOWN: Content["source"] = { kind: "document" };

/** The arguments of which not all is there, by their names; all of them, where that is not known of the names themselves. */
function lostIn(args: JsonObject): readonly string[] {
  const names = Object.keys(args);
  if (names.length >= MOST_LISTED || names.some((name) => !isWhole(name) || name.includes(" ("))) return ["args"];
  return names.filter((name) => !isComplete(args[name] ?? null)).map((name) => `args.${name}`);
}

function isComplete(value: Json): boolean {
  if (typeof value === "string") return isWhole(value) && !NUMBER.test(value);
  if (Array.isArray(value)) return value.length < MOST_LISTED && value.every(isComplete);
  if (!isObject(value)) return true;
  const names = Object.keys(value);
  return names.length < MOST_LISTED && names.every((name) => isWhole(name) && !name.includes(" (") && isComplete(value[name] ?? null));
}

const isWhole = (text: string): boolean => !MASK.test(text) && !PSEUDONYM.test(text) && !text.endsWith("…");
