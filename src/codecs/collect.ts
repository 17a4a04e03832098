import { type Content, defaultLabel, type Source } from "../core/content.ts";
import { isObject, type Json, type JsonObject, parseJsonText, stringsOf } from "../core/json.ts";
import { ARGUMENT_LIMITS } from "./calls.ts";
import type { Attached } from "./codec.ts";
import { bytesIn, misfit, string } from "./shape.ts";

/**
 * Collects what a model will read. The rule for requests, in both dialects: every string that is forwarded is content, or was checked
 * to be a word, an id, or the bytes of an image, sound or document. So what a codec does not know by name it does not drop (the vendor
 * may need it) and does not wave through (it may be text): its strings count as content of the message it stands in.
 */
export interface Collector {
  readonly content: Content[];
  readonly tools: string[];
  attached: Attached;
}

export function collector(): Collector {
  return { content: [], tools: [], attached: { bytes: 0, tokens: 0 } };
}

/** The dearest image that a provider documents: 8 tiles of a small model, at 2,833 + 8 × 5,667 tokens. */
const IMAGE_TOKENS = 48_169;

/** An image is scaled by the provider, so it has a most, whatever its file holds. `bytes` of it stand in the body. */
export function attachImage(into: Collector, bytes: number): void {
  const { attached } = into;
  into.attached = { bytes: attached.bytes + bytes, tokens: attached.tokens === undefined ? undefined : attached.tokens + IMAGE_TOKENS };
}

/** Something of which a few bytes can be any number of tokens. */
export function attachUnknown(into: Collector): void {
  into.attached = { bytes: into.attached.bytes, tokens: undefined };
}

/** Adds text under the label that its source has by itself. Empty text says nothing. */
export function say(into: Collector, source: Source, text: string): void {
  if (text !== "") into.content.push({ source, label: defaultLabel(source), text });
}

export function sayValue(into: Collector, source: Source, value: Json): void {
  into.content.push({ source, label: defaultLabel(source), value });
}

/** Something that the model reads and nobody here (a picture, sound, a file of the provider's): no text, and the label of whoever speaks in it. */
export function sayUnread(into: Collector, source: Source): void {
  into.content.push({ source, label: defaultLabel(source), text: "" });
}

/** Who speaks in what stands within something: in a tool's result, or a system prompt, whoever it stands with. */
export function within(source: Source, otherwise: Source): Source {
  return source.kind === "tool" || source.kind === "system" ? source : otherwise;
}

/** Adds the definition of a tool: its name, description and every string of its schema, which the model reads like a prompt. */
export function define(into: Collector, name: string, definition: Json): void {
  into.tools.push(name);
  say(into, { kind: "definition", id: name }, stringsOf(definition).join("\n"));
}

/** Adds the strings of all fields that are not among `known`, as one text. */
export function sayRest(into: Collector, source: Source, value: JsonObject, known: ReadonlySet<string>): void {
  const rest = Object.entries(value).filter(([key, item]) => !known.has(key) && !(item === null && EMPTY.has(key)));
  if (rest.length > 0) say(into, source, rest.flatMap(([key, item]) => [key, ...stringsOf(item)]).join("\n"));
}

/** What OpenAI's own client adds to an answer that it sends back, and says nothing by. */
const EMPTY: ReadonlySet<string> = new Set(["parsed", "parsed_arguments"]);

/**
 * The address of an image or document. Bytes (`data:`) pass unread, since no detector reads pictures; what such a URL declares as text
 * is decoded and counts as content. An `http(s)` URL counts as content itself: the model's provider will fetch it. `source` gives the address,
 * and `inside` speaks in what lies there: a user who attaches a page has not written it.
 */
export function sayUrl(into: Collector, source: Source, inside: Source, value: Json | undefined, at: string): void {
  const url = string(value, at);
  if (/^https?:\/\//i.test(url) && url.length <= LONGEST_URL) {
    say(into, source, url);
    if (inside.kind !== source.kind) sayUnread(into, inside);
    return;
  }
  const data = /^data:([a-z0-9.+-]{1,64}\/[a-z0-9.+-]{1,128})(?:;[a-z0-9=.+-]{1,64}){0,4};base64,/i.exec(url.slice(0, 512));
  if (data === null) misfit("must be an http(s) URL or a base64 data URL", at);
  sayBytes(into, inside, data[1] as string, url.slice(data[0].length), at);
}

/** A file's bytes, as OpenAI's dialects carry them. */
export function sayFile(into: Collector, inside: Source, value: Json, at: string): void {
  // Some clients leave the prefix away and mean a PDF.
  if (string(value, at).startsWith("data:")) sayUrl(into, inside, inside, value, at);
  else sayBytes(into, inside, "application/pdf", value, at);
}

/** The arguments of an earlier call, which come as text: a value where it is one, so that an escape in it hides nothing from a detector. */
export function sayArguments(into: Collector, tool: string, value: Json | undefined, at: string): void {
  const text = string(value, at);
  const parsed = parseJsonText(text, ARGUMENT_LIMITS);
  if (parsed.ok && isObject(parsed.value)) sayValue(into, { kind: "model", id: tool }, parsed.value);
  else say(into, { kind: "model", id: tool }, text);
}

/** Base64 bytes of a declared type: text is decoded and read, anything else passes unread. */
export function sayBytes(into: Collector, source: Source, mediaType: string, value: Json | undefined, at: string): void {
  const bytes = bytesIn(value, at);
  if (!isText(mediaType)) {
    sayUnread(into, source);
    return;
  }
  if (bytes.length > LONGEST_TEXT) misfit("is too much text in base64", at, "too-large");
  say(into, source, textOf(bytes) ?? misfit("is not text in base64", at));
}

/** True for bytes of a declared type that are read as text. */
export function isText(mediaType: string): boolean {
  return /^text\/|json|xml|javascript|yaml|csv/i.test(mediaType);
}

/** The text in base64, undefined where it is none. */
export function textOf(bytes: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(bytes));
  } catch {
    return undefined;
  }
}

/** Throws for what is no base64. A loop, because a function for each sign takes ten times as long, and a body may be nothing but such text. */
function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export function bytesOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let coded = "";
  for (let at = 0; at < bytes.length; at += PIECE) coded += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return coded;
}
/** Of three bytes come four signs, so pieces of such a length stand side by side as the whole would. */
const PIECE = 3 * 2_048;

const LONGEST_URL = 8_192;
/** Characters of base64. Decoding and reading this much stays far below what stalls the event loop. */
const LONGEST_TEXT = 2 << 20;

/**
 * A caller must not choose where a request goes or with which key: the upstream and its credential come from the configuration alone
 * (CVE-2024-6587: `api_base` in the body sent the gateway's own key to the attacker). Nor which other model answers where the one that was
 * decided about does not, nor where the provider looks something up by itself.
 */
export function refuseSteering(body: JsonObject): void {
  for (const key of Object.keys(body)) {
    if (STEERING.test(key.replace(/[^A-Za-z0-9]/g, "").toLowerCase())) misfit("holds a parameter that would choose the destination or its credential", "body");
  }
}

const STEERING =
  /^(?:api|base|custom)?(?:base|url|baseurl|apibase|apiurl|endpoint|host|hostname|proxy|proxies|apikey|apitype|apiversion|deploymentid|organization|project|token|accesstoken|bearertoken|secret|password|credentials?|authorization|headers?|extraheaders|defaultheaders|extrabody|extraquery|llmprovider|provider|customllmprovider|modellist|models|fallbackmodels|preset|datasources|callbacks?|httpclient|client)$|^(?:aws|azure|vertex|gcp|google|watsonx|oci|sagemaker|bedrock|litellm)|(?:apikey|apibase|baseurl|endpointurl|accesskey|secretkey|accesskeyid|fallbacks)$/;
