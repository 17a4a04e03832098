import { isArray, isObject, type Json, type JsonObject } from "../../../core/json.ts";

/** What the practice model looks at: the last thing the user said, and what tools have answered since. */
export interface Turn {
  readonly language: "en" | "de";
  readonly said: string;
  readonly results: readonly { readonly tool: string; readonly text: string }[];
  /** The declared tools by their bare names, with the names that the client uses: `read_inbox` may be `practice__read_inbox`. */
  readonly tools: ReadonlyMap<string, string>;
  /** How many messages came before, so that ids differ from turn to turn. */
  readonly turn: number;
}

/** Reads a body of any dialect. The gateway's codec has checked it already; what is not understood here is ignored. */
export function readTurn(body: Json): Turn {
  const request = isObject(body) ? body : {};
  const { input } = request;
  const given: readonly Json[] = typeof input === "string" ? [{ role: "user", content: input }] : items(request["messages"] ?? input);
  const messages = given.filter(isObject);
  let said = "";
  let results: { tool: string; text: string }[] = [];
  const called = new Map<string, string>();
  for (const message of messages) {
    for (const call of items(message["tool_calls"]).filter(isObject)) called.set(String(call["id"]), bare(nameOf(call)));
    if (message["type"] === "function_call") called.set(String(message["call_id"]), bare(String(message["name"])));
    if (message["type"] === "function_call_output") results.push({ tool: called.get(String(message["call_id"])) ?? "", text: plain(message["output"]) });
    const blocks = items(message["content"]).filter(isObject);
    for (const block of blocks) if (block["type"] === "tool_use") called.set(String(block["id"]), bare(String(block["name"])));
    if (message["role"] === "tool") results.push({ tool: called.get(String(message["tool_call_id"])) ?? "", text: plain(message["content"]) });
    for (const block of blocks)
      if (block["type"] === "tool_result") results.push({ tool: called.get(String(block["tool_use_id"])) ?? "", text: plain(block["content"]) });
    if (message["role"] === "user" && plain(message["content"]) !== "") {
      said = plain(message["content"]);
      results = [];
    }
  }
  return { language: languageOf(said), said, results, tools: declared(request), turn: messages.length };
}

function declared(request: JsonObject): ReadonlyMap<string, string> {
  const choice = request["tool_choice"];
  if (choice === "none" || (isObject(choice) && choice["type"] === "none")) return new Map();
  return new Map(
    items(request["tools"])
      .filter(isObject)
      .map((tool) => [bare(nameOf(tool)), nameOf(tool)]),
  );
}

/** The name of a tool or of a call, in any dialect. */
function nameOf(tool: JsonObject): string {
  const inner = tool["function"];
  return String((isObject(inner) ? inner["name"] : undefined) ?? tool["name"] ?? "");
}

/** `practice__read_inbox` and `practice.read_inbox` are the tool `read_inbox` of a server `practice`. */
function bare(name: string): string {
  return name.split(/__|[./:]/).at(-1) ?? name;
}

function items(value: Json | undefined): readonly Json[] {
  return value !== undefined && isArray(value) ? value : [];
}

/** The text of a message's content: a string, or its text parts. */
function plain(content: Json | undefined): string {
  if (typeof content === "string") return content;
  const texts = items(content)
    .filter(isObject)
    .filter(({ type }) => type === "text" || type === "input_text" || type === "output_text");
  return texts.map(({ text }) => String(text)).join("\n");
}

const GERMAN = new Set(
  "der die das den ein eine einen ist sind und bitte was wie wo wann mein meine meinen mir mich ich du sie hallo fasse erstelle zeige lies gib wer bestellung bestellungen posteingang zusammen auf für zu von mit nach".split(
    " ",
  ),
);
const ENGLISH = new Set(
  "the a an is are and please what how where when who my me i you hello hi show create read give summarise summarize order orders inbox of for to from with on".split(
    " ",
  ),
);

/** By its small words, and by letters that only German has. */
function languageOf(text: string): "en" | "de" {
  const words = text
    .slice(0, 2_000)
    .toLowerCase()
    .split(/[^a-zäöüß]+/);
  const german = words.filter((word) => GERMAN.has(word) || /[äöüß]/.test(word)).length;
  return german > words.filter((word) => ENGLISH.has(word)).length ? "de" : "en";
}
