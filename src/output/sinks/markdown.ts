import type { SinkAction } from "../../core/index.ts";
import type { Channel } from "../channel.ts";
import { markup, type Read } from "./html.ts";
import { asText, isBadAddress } from "./passive.ts";
import { openReading, type Piece, type Reading } from "./stream.ts";

/** The longest line, beginning of a line or address that is looked at as one. */
const LONGEST_LINE = 2_000;

/** Elements whose text goes on over blank lines, as do declarations and instructions. */
const RAW = new Set(["pre", "script", "style", "textarea"]);

const LINE = new RegExp(`[^\\r\\n]{0,${LONGEST_LINE}}`, "y");
/** What is before the first sign of a line says nothing: containers. */
const BEGUN = /^[ \t>*+\-\d.)]*(?:<\/?[a-z\d-]*[^a-z\d/-]|[^ \t>*+\-\d.)<])/i;
const BLOCK = /^[ \t>*+\-\d.)]*<(?:[!?]|\/?[a-z][a-z\d-]*(?:[\s/>]|$))/i;
const FENCE = /^([ \t]*)(`{3,}|~{3,})(.*)$/;
const FENCE_BEGUN = /^[ \t]*(?:`{3}|~{3}|`{1,2}$|~{1,2}$)/;
const FENCE_END = /^ {0,3}(`+|~+)?[ \t]*$/;
const TICKS = new RegExp(`\`{1,${LONGEST_LINE}}`, "y");
const AUTOLINK = /<(?:[a-z][a-z0-9+.-]{1,31}:[^\s<>]{0,2000}|[\w.+-]{1,64}(?:@[\w.-]{0,255})?)?>?/iy;
const BRACKETED = /[^)\r\n]{0,300}/y;
/** What would mean something by itself if what stands around it were no tag. */
const INNER = /<[a-z/!?]|\][(:]/i;
const MOST_BLANKS = 100;
const TARGET = /([ \t\r\n]{0,100})(?:<([^<>\r\n]{0,256})|([^\s<>()]{0,256}))/y;

/**
 * Markdown (CommonMark 0.31): HTML stands in it as it is, but for code, which is left alone, and addresses stand in brackets. What is code is said
 * only where every reader agrees: a fence that begins in the first column (further in it ends with its list), a span that ends on its line and holds no
 * bar (a table is cut there first), neither of them where a block of HTML is open. Everything else is read as HTML: what is not surely code is not.
 */
export function markdown(): Reading {
  let fence: { readonly sign: string; readonly length: number } | undefined;
  let inner: { readonly indent: string; readonly signs: string } | undefined;
  /** A block of HTML is open until a blank line; `raw`: until its own end, and who knows where that is. */
  let [block, raw] = [false, false];
  /** Something began in this paragraph that may be a span over several lines. */
  let unsure = false;

  let comment = false;
  const tags = markup((read: Read) => {
    const tag = read.kind === "start" || read.kind === "end" ? read.tag.tagName : undefined;
    comment = read.kind === "comment";
    if (read.kind === "start" && RAW.has(tag as string)) raw = true;
    if (read.kind === "end" && tag === "pre") [raw, block] = [false, true];
  });

  /** A fence further in: of a list, or of none. What stands in it is not taken for code, but it may hide where the next one in the first column opens. */
  const within = (indent: string, signs: string, info: string): void => {
    if (inner === undefined) inner = { indent, signs };
    else if (inner.indent === indent && signs.startsWith(inner.signs) && info.trim() === "") inner = undefined;
  };

  /** What the line is that begins behind the line break at `at`. */
  const line = (text: string, at: number, ended: boolean): Piece | undefined => {
    const one = { length: 1, safe: text[at] as string };
    if (text[at] === "\r") {
      if (text[at + 1] === "\n") return one;
      if (at + 1 === text.length && !ended) return undefined;
    }
    LINE.lastIndex = at + 1;
    const [start = ""] = LINE.exec(text) ?? [];
    const isWhole = ended || start.length >= LONGEST_LINE || at + 1 + start.length < text.length;
    if (fence !== undefined) {
      const closing = FENCE_END.exec(start);
      const mayClose = closing !== null && (closing[1] ?? fence.sign).startsWith(fence.sign);
      if (!mayClose) return one;
      if (!isWhole) return undefined;
      if ((closing[1] ?? "").length >= fence.length) fence = undefined;
      return { length: 1 + start.length, safe: text.slice(at, at + 1 + start.length) };
    }
    if (!isWhole && (FENCE_BEGUN.test(start) || !BEGUN.test(start))) return undefined;
    if (/^[ \t]*$/.test(start)) [block, unsure] = [false, false];
    const [, indent, signs, info] = FENCE.exec(start) ?? [];
    if (signs !== undefined && !(signs.startsWith("`") && info?.includes("`"))) {
      if (indent !== "") within(indent as string, signs, info as string);
      // With a bar it may be the head of a table; and where it is not sure whether it opens or closes, nothing is code any more.
      else if (block || raw || inner !== undefined || info?.includes("|") || start.length >= LONGEST_LINE) raw = true;
      else {
        fence = { sign: signs[0] as string, length: signs.length };
        unsure = false;
        return { length: 1 + start.length, safe: text.slice(at, at + 1 + start.length) };
      }
    }
    if (BLOCK.test(start)) block = true;
    return one;
  };

  const span = (text: string, at: number, ended: boolean): Piece | undefined => {
    TICKS.lastIndex = at;
    const [ticks = ""] = TICKS.exec(text) ?? [];
    const plain = { length: ticks.length, safe: ticks };
    if (at + ticks.length === text.length && !ended) return ticks.length < LONGEST_LINE ? undefined : plain;
    if (block || raw || unsure || inner !== undefined) return plain;
    LINE.lastIndex = at;
    const [rest = ""] = LINE.exec(text) ?? [];
    for (const { 0: found, index } of rest.slice(ticks.length).matchAll(/`+/g)) {
      const end = ticks.length + index + found.length;
      if (end === rest.length && at + end === text.length && !ended && end < LONGEST_LINE) return undefined;
      if (found.length !== ticks.length) continue;
      const whole = rest.slice(0, end);
      if (whole.includes("|")) break;
      return { length: end, safe: whole };
    }
    if (at + rest.length === text.length && !ended && rest.length < LONGEST_LINE && !rest.includes("|")) return undefined;
    unsure = true;
    return plain;
  };

  const address = (text: string, at: number, ended: boolean): Piece | undefined => {
    const sign = text[at + 1];
    if (sign === undefined && !ended) return undefined;
    if (sign !== "(" && sign !== ":") return { length: 1, safe: "]" };
    TARGET.lastIndex = at + 2;
    const [all = "", blanks = "", pointed, plain] = TARGET.exec(text) ?? [];
    BRACKETED.lastIndex = at + 2;
    const [rest = ""] = sign === "(" ? (BRACKETED.exec(text) ?? []) : [all];
    // ATTACK: in a stream the address may come after the line break that stands before it. As long as there is more of either to come, nothing is said.
    if (at + 2 + Math.max(rest.length, all.length) === text.length && !ended) return undefined;
    // What stands there is an address and a title before it is anything else: a span that begins there is none.
    if (sign === "(" && (/[`"'(\s]/.test(rest) || text[at + 2 + rest.length] !== ")")) unsure = true;
    // The address may stand on the next line, which then begins nothing else.
    if (sign === ":" && /[\r\n]/.test(all)) block = true;
    // What stands behind a colon may be anything; behind a bracket it is an address.
    // Of blanks there may be any number, and what stands behind so many is not looked for.
    const isBad = blanks.length >= MOST_BLANKS || isBadAddress(pointed ?? plain ?? "", true, sign === "(");
    return isBad ? { length: 2, found: "address", safe: `]\\${sign}` } : { length: 2, safe: `]${sign}` };
  };

  const angle = (text: string, at: number, ended: boolean): Piece | undefined => {
    AUTOLINK.lastIndex = at;
    const [link = ""] = AUTOLINK.exec(text) ?? [];
    if (at + link.length === text.length && !link.endsWith(">") && !ended) return undefined;
    if (link.endsWith(">") && /[:@]/.test(link)) {
      if (isBadAddress(link.slice(1, -1), false, true)) return { length: 1, found: "address", safe: "&lt;" };
      if (!block && !raw) return { length: link.length, safe: link };
    }
    comment = false;
    const piece = tags(text, at, ended);
    if (piece === undefined) return undefined;
    const whole = text.slice(at, at + piece.length);
    const isOneLine = !/[\r\n]/.test(whole);
    // Lines that begin within it were not looked at: where Markdown sees no tag, any of them may begin something of its own.
    if (/^<(?:\?|!\[)/.test(whole) || (whole.startsWith("<!--") && !whole.endsWith("-->"))) raw = true;
    if (!isOneLine) [block, raw] = [true, raw || /`{3}|~{3}|[\r\n][ \t]*[\r\n]/.test(whole)];
    const found = piece.found ?? (INNER.test(whole.slice(1)) ? "hidden" : undefined);
    const safe = piece.safe.startsWith("<") && (isOneLine || !comment) && found === undefined ? piece.safe : asText(whole).replace(/[[\]~]/g, entity);
    return { length: piece.length, safe, ...(found === undefined ? {} : { found }) };
  };

  return {
    signs: /[<`\]\\\r\n]/g,
    read(text, at, ended) {
      const sign = text[at] as string;
      if (sign === "\n" || sign === "\r") return line(text, at, ended);
      if (fence !== undefined) return { length: 1, safe: sign };
      if (sign === "`") return span(text, at, ended);
      if (sign === "]") return address(text, at, ended);
      if (sign === "<") return angle(text, at, ended);
      if (at + 1 === text.length && !ended) return undefined;
      const length = /[\\`]/.test(text[at + 1] ?? "") ? 2 : 1;
      return { length, safe: text.slice(at, at + length) };
    },
  };
}

const entity = (sign: string): string => `&#${sign.charCodeAt(0)};`;

/** Opens it so that the first line begins as every other does: behind a line break, which does not leave. */
export function openMarkdown(action: SinkAction, found: (what: string) => void): Channel {
  const channel = openReading(markdown(), action, found);
  let [started, left] = [false, false];
  const without = (out: string): string => {
    if (left || out === "") return out;
    left = true;
    return out.slice(1);
  };
  return {
    push(text) {
      if (text === "") return "";
      const first = !started;
      started = true;
      return without(channel.push(first ? `\n${text}` : text));
    },
    end: () => without(channel.end()),
  };
}
