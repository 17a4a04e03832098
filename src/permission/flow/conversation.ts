import { type Content, sourceName } from "../../core/content.ts";
import type { Json } from "../../core/json.ts";
import { atLeast, type Integrity } from "../../core/label.ts";
import { type Delegation, delegationOf } from "./delegation.ts";
import { fold, newSearch, type Search, standsIn } from "./fold.ts";
import { folded } from "./folded.ts";
import { bitsOf, type Manifest } from "./manifest.ts";
import { MOST_REMEMBERED, remembering, SHORTEST_REMEMBERED } from "./remember.ts";
import { searching } from "./search.ts";
import { type Leaf, leavesOf, valueLeaves } from "./structure.ts";
import { bareName } from "./tool-act.ts";
import { wordsIn, wordsOfName } from "./words.ts";

/** Something untrusted that the agent has read. */
export interface Item {
  /** `tool:mail.read`, with its number among what was read: what a person is shown. */
  readonly origin: string;
  /** Folded. */
  readonly text: string;
  /** Where it is structured: its values. What a document, a page or a file says is never a field. */
  readonly leaves: readonly Leaf[] | undefined;
  /** The arguments of the call that brought it, folded. */
  readonly askedWith: readonly string[];
  /** The user named what was read: one of those arguments is the user's word. */
  readonly named: boolean;
}

/** What led to a call, in the form in which arguments are compared with it. */
export interface Conversation {
  /** Folded texts of the user, and of whoever is trusted as much or more. */
  readonly trusted: readonly string[];
  /** Those of them that the operator wrote. */
  readonly operator: readonly string[];
  /** Folded texts of sources that configuration trusts inside the house. */
  readonly internal: readonly string[];
  /** Values of untrusted sources that were released because they can say so little. */
  readonly declassified: ReadonlyMap<string, string>;
  readonly untrusted: readonly Item[];
  /** Those of them that may hold a folded value, and among them all that do. */
  readonly holding: (value: string) => readonly Item[];
  /** Something untrusted is accounted for: it is among `untrusted`, or configuration released all of it. */
  readonly accounted: boolean;
  /** What the user asked for last. Nobody else's words. */
  readonly request: string;
  readonly delegation: Delegation;
  /** True if anything of a user was seen: without it nothing is known of what was asked for. */
  readonly heard: boolean;
  /** The calls since the user last spoke. */
  readonly calls: readonly Call[];
  /** While one call is looked at: what may still be gone through for it. */
  readonly search?: Search;
}

export interface Call {
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
}

/** Calls that wait for their result; one that is forgotten only costs that its result does not count as named. */
const MOST_OPEN = 32;

/** People forget the blank behind a sentence: `see www.shop.com.Then …` names www.shop.com. The first dot of `https://Shop.Example` ends none. */
const RUN_ON = /(?<=[a-z0-9])(?<!:\/\/[\w-]{1,63})\.(?=[A-Z][a-z])/g;

/** Tools that hand out one text as it is: nothing in it is a field, however it looks. */
const DOCUMENTS = new Set(
  "file files page webpage website web url document doc pdf note notes article browse download transcript markdown html text raw readme paste blob clipboard screen ocr datei seite dokument".split(
    " ",
  ),
);
const isDocument = (tool: string): boolean => wordsOfName(tool).some((word) => DOCUMENTS.has(word));

/** What configuration says of tools, as far as reading a conversation needs it. */
export interface Configured {
  readonly manifest: (tool: string) => Manifest | undefined;
  /** Bits that declassified values of one conversation may say together. */
  readonly bits: number;
}
const NOTHING_CONFIGURED: Configured = { manifest: () => undefined, bits: 0 };

export function conversationOf(read: readonly Content[], configured: Configured = NOTHING_CONFIGURED): Conversation {
  const trusted: string[] = [];
  const operator: string[] = [];
  const declassified = new Map<string, string>();
  let bits = configured.bits;
  let accounted = false;
  const internal: string[] = [];
  const untrusted: Item[] = [];
  const turns: string[] = [];
  // One message may hold several texts. Behind the definitions of tools nobody speaks any more: what stands there are settings.
  let [speaking, settled] = [false, false];
  // ATTACK: calls with thousands of arguments, each looked for in all that the user said. Beyond what time allows, nothing is named.
  const search = newSearch();
  let calls: Call[] = [];
  /** Calls whose result has not come yet. */
  const open: Call[] = [];
  /** A field that configuration trusts, or that says so little that it may be released, leaves what is untrusted. */
  const isReleased = (leaf: Leaf, { trust: trustOf }: Manifest, author: Integrity | undefined, origin: string): boolean => {
    const trust = trustOf(leaf.path, author);
    if (typeof trust === "string") {
      if (trust === "untrusted") return false;
      (trust === "internal" ? internal : trusted).push(leaf.text);
      return true;
    }
    const said = bitsOf(trust, leaf.text);
    if (said === undefined || said > bits) return false;
    bits -= said;
    if (!declassified.has(leaf.text)) declassified.set(leaf.text, origin);
    return true;
  };
  for (const [index, content] of read.entries()) {
    const { source, label, text, value } = content;
    const goesOn = speaking;
    // A picture between two sentences ends no message.
    speaking = text === "" ? goesOn : source.kind === "user" && !settled;
    if (source.kind === "model") {
      if (source.id !== undefined && value !== undefined && typeof value === "object" && value !== null && !Array.isArray(value)) {
        const call: Call = { tool: source.id, args: value as Call["args"] };
        calls.push(call);
        open.push(call);
        if (open.length > MOST_OPEN) open.shift();
      }
      continue;
    }
    // A definition says what a tool is, not what the user wants; and nobody vouches for its examples.
    if (source.kind === "definition") {
      settled = true;
      continue;
    }
    if (speaking && text !== "") {
      // What a message repeats of others is not the user's; but the user has spoken, and what was asked for before is over.
      const said = !atLeast(label, "user") ? REPEATED : (text ?? JSON.stringify(value));
      if (goesOn) turns.push(`${turns.pop() ?? ""}\n${said}`);
      else turns.push(said);
      calls = [];
    }
    if (atLeast(label, "operator")) operator.push(foldedText(content));
    if (atLeast(label, "user")) trusted.push(foldedText(text === undefined ? content : { ...content, text: text.replace(RUN_ON, "$& ") }));
    else if (atLeast(label, "internal")) internal.push(foldedText(content));
    else {
      accounted = true;
      // Which of several calls this answers cannot be told (one may have answered nothing): then all of them must have been pointed at.
      const asked = open.filter(({ tool }) => source.kind === "tool" && tool === source.id);
      if (asked[0] !== undefined) open.splice(open.indexOf(asked[0]), 1);
      const words = asked.map(({ args }) => stringsOf(args).map(fold));
      const isNamed = (values: readonly string[]): boolean => values.some((value) => value.length > 1 && trusted.some((text) => standsIn(text, value, search)));
      const manifest = source.kind === "tool" && source.id !== undefined ? configured.manifest(source.id) : undefined;
      const origin = `${sourceName(source)}#${index}`;
      const document = source.kind !== "tool" || source.id === undefined || (manifest?.tabular !== true && isDocument(bareName(source.id)));
      const leaves = document ? undefined : leavesIn(content);
      const authored = leaves && manifest?.authored(leaves);
      const kept = manifest === undefined ? leaves : leaves?.filter((leaf) => !isReleased(leaf, manifest, authored?.get(leaf.record), origin));
      if (kept?.length === 0) continue;
      untrusted.push({
        origin,
        text: kept === leaves || kept === undefined ? wholeText(content, kept) : textOf(kept),
        leaves: kept,
        askedWith: words[0] ?? [],
        named: words.length > 0 && words.every(isNamed),
      });
    }
  }
  const request = lastRequest(turns);
  return {
    trusted,
    operator,
    internal,
    declassified,
    untrusted,
    holding: searching(untrusted),
    accounted,
    request,
    delegation: delegationOf(request),
    heard: turns.length > 0,
    calls,
  };
}

/** Orders nothing, and agrees to nothing. */
const REPEATED = "(repeated)";

/** The last turn; with the one before it where it does nothing but agree (`yes, do it`). A polite beginning is no agreement. */
function lastRequest(turns: readonly string[]): string {
  const [last = "", before = ""] = turns.toReversed();
  const agrees = last.length <= SHORT && wordsIn(last).every(({ word }) => AGREEMENT.has(word));
  return agrees ? `${before}\n${last}` : last;
}
const SHORT = 80;
const AGREEMENT = new Set(
  "yes yep yeah ok okay sure please go ahead do it that so correct right confirm confirmed proceed continue thanks thank you ja jawohl genau gern gerne bitte mach machen das los weiter einverstanden stimmt danke".split(
    " ",
  ),
);

const stringsOf = (value: Json): readonly string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "number"
      ? [String(value)]
      : typeof value === "object" && value !== null
        ? Object.values(value).flatMap((item) => stringsOf(item as Json))
        : [];

// A leaf costs far more than the two signs that may make it, and more to keep than to read again: a megabyte of records takes ten milliseconds.
const structured = remembering(leavesOf, (text, leaves) => text.length + 200 * (leaves?.length ?? 0), {
  most: MOST_REMEMBERED / 8,
  shortest: SHORTEST_REMEMBERED,
  by: "digest",
});

function foldedText({ text, value }: Content): string {
  return text !== undefined
    ? folded(text)
    : stringsOf(value as Json)
        .map(fold)
        .join("\n");
}
const textOf = (leaves: readonly Leaf[]): string => leaves.map(({ text }) => text).join("\n");

/** The text as it was sent, and with its escapes undone: a value must not seem to stand nowhere because it was written with them. */
function wholeText(content: Content, leaves: readonly Leaf[] | undefined): string {
  const text = foldedText(content);
  return leaves === undefined || !text.includes("\\") ? text : `${text}\n${textOf(leaves)}`;
}

function leavesIn({ text, value }: Content): readonly Leaf[] | undefined {
  return text !== undefined ? structured(text) : valueLeaves(value as Json);
}
