import type { Json } from "../core/json.ts";
import type { Category, Integrity, Label } from "../core/label.ts";
import { wordsOfName } from "./flow/words.ts";
import { EGRESS, EGRESS_ARGUMENTS, READ, WRITE, WRITE_FIRST } from "./lexicon.ts";

/** What a tool does, as far as decisions need it. `derived` names what was guessed rather than configured. */
export interface ToolFacts {
  readonly effect: "read" | "write";
  readonly egress: boolean;
  readonly trust: Integrity;
  readonly categories: readonly Category[];
  readonly readers: Label["readers"];
  readonly derived: readonly ("effect" | "egress" | "trust")[];
}

/** A tool as its server or client describes it. All of it is foreign text: it can make the guess stricter, never vouch for itself. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly annotations?: { readonly readOnlyHint?: unknown; readonly destructiveHint?: unknown; readonly openWorldHint?: unknown } | undefined;
  readonly inputSchema?: Json | undefined;
}

/**
 * Guesses the facts of a tool that nobody configured. What the words do not tell counts as `write`, `egress`, `untrusted`; hints of the
 * server are believed only where they make it stricter (a hostile server would call everything read-only). `known` is an effect that
 * configuration gives: a tool that only reads is not guessed to leave the house merely because its verb is unknown.
 */
export function deriveFacts(tool: ToolDefinition, known?: ToolFacts["effect"]): ToolFacts {
  const name = wordsOfName(tool.name);
  const effect = known ?? stricterEffect(effectOf(name, tool.description), tool.annotations);
  const egress = effect === "read" ? leavesWhenReading(name, tool) : leavesWhenWriting(name, tool);
  return { effect, egress, trust: "untrusted", categories: [], readers: "public", derived: ["effect", "egress", "trust"] };
}

function effectOf(name: readonly string[], description: string | undefined): "read" | "write" {
  const sentence = wordsOfName((description ?? "").slice(0, 400).split(/[.\n]/, 1)[0] ?? "");
  if (name.some((word) => WRITE.has(word))) return "write";
  const first = name.find((word) => READ.has(word) || WRITE_FIRST.has(word));
  if (first !== undefined && !READ.has(first)) return "write";
  const opening = stem(sentence[0] ?? "");
  // `check_in` and `check_out` are no looking.
  if (name.some((word, at) => /^check(?:in|out)$/.test(word) || (word === "check" && /^(?:in|out)$/.test(name[at + 1] ?? "")))) return "write";
  if (WRITE.has(opening)) return "write";
  if (sentence.some((word, at) => WRITE.has(stem(word)) && JOINING.has(sentence[at - 1] ?? ""))) return "write";
  if (first !== undefined) return "read";
  // The name has no verb (`current_time`); the description may supply one, if nothing in it speaks of change.
  return (READ.has(opening) || opening === "return") && !sentence.some((word) => WRITE.has(stem(word)) || WRITE_FIRST.has(stem(word))) ? "read" : "write";
}

/** True if a word of the name itself speaks of change: a role that lists such a tool to be read is not believed. */
export function namesChange(name: string): boolean {
  return wordsOfName(name).some((word) => WRITE.has(word) || WRITE_FIRST.has(word));
}

const JOINING = new Set(["and", "or", "then", "und", "oder", "dann"]);

function stricterEffect(effect: "read" | "write", hints: ToolDefinition["annotations"]): "read" | "write" {
  return hints?.readOnlyHint === false || hints?.destructiveHint === true ? "write" : effect;
}

function leavesWhenReading(name: readonly string[], tool: ToolDefinition): boolean {
  if (tool.annotations?.openWorldHint === true) return true;
  // A reading tool that takes an address fetches from there, and the address can carry something out.
  return argumentsOf(tool).some((argument) => ADDRESSES.has(argument)) || name.some((word) => FETCHING.has(word));
}

const ADDRESSES = new Set(["url", "uri", "href", "link", "webhook", "endpoint", "host"]);
const FETCHING = new Set(["url", "http", "https", "webpage", "website", "browse", "browser", "fetch", "crawl", "scrape", "download"]);

function leavesWhenWriting(name: readonly string[], tool: ToolDefinition): boolean {
  if (tool.annotations?.openWorldHint === true) return true;
  if (name.some((word) => EGRESS.has(word))) return true;
  const given = argumentsOf(tool);
  if (given.some((argument) => EGRESS_ARGUMENTS.has(argument))) return true;
  // Without a schema nobody can say where it goes; with one, only a file or a record of our own stays certain to be inside.
  return !(tool.inputSchema !== undefined && name.some((word) => INSIDE.has(word)));
}

const INSIDE = new Set(
  "file files dir directory folder node note notes ticket tickets task tasks record draft reminder todo datei ordner notiz aufgabe".split(" "),
);

function argumentsOf({ inputSchema }: ToolDefinition): readonly string[] {
  if (typeof inputSchema !== "object" || inputSchema === null || !("properties" in inputSchema)) return [];
  const { properties } = inputSchema;
  return typeof properties === "object" && properties !== null
    ? Object.keys(properties)
        .slice(0, 256)
        .map((name) => name.toLowerCase())
    : [];
}

/** `deletes`, `deleting`, `posts` → the verb, where it is one we know. */
function stem(word: string): string {
  for (const form of [word, word.replace(/s$/, ""), word.replace(/es$/, ""), word.replace(/ies$/, "y"), word.replace(/ing$/, ""), word.replace(/ing$/, "e")])
    if (READ.has(form) || WRITE.has(form) || WRITE_FIRST.has(form) || form === "return") return form;
  return word;
}
