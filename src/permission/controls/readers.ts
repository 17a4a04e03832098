import { type Content, sourceName } from "../../core/content.ts";
import { NEUTRAL } from "../../core/decision.ts";
import { joinReaders, type Label } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { isAddress } from "../flow/address.ts";
import { type Argument, argumentsOf } from "../flow/argument-role.ts";
import { newSearch } from "../flow/fold.ts";
import type { HandedOn } from "../flow/handed-on.ts";
import type { Manifest } from "../flow/manifest.ts";
import { against, decisionOf, type Objection, TOO_MANY } from "../flow/objection.ts";
import { type Confidential, carriedIn, confidentialOf, isFree, mayRead } from "../flow/readers.ts";
import { actOf, bareName } from "../flow/tool-act.ts";
import type { Histories } from "../histories.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";
import type { EffectOf } from "./flow.ts";
import { isHandle } from "./handle.ts";

/**
 * Confidentiality: what only some may read goes to nobody else. A text of it in an action that leaves the house is a denial; a text that a model
 * composed after reading it is a question. Nothing is looked at where no source says who may read it.
 */
export function readersControl(
  mode: Mode,
  effectOf: EffectOf,
  manifest: (tool: string) => Manifest | undefined,
  histories: Histories,
  idle: number,
  handedOn?: HandedOn,
): Control {
  // The calls of one answer rest on one and the same list of what was read.
  const known = new WeakMap<readonly Content[], Confidential>();
  const confidentialFor = (read: readonly Content[]): Confidential => {
    let found = known.get(read);
    if (found === undefined) known.set(read, (found = confidentialOf(read, manifest)));
    return found;
  };
  return {
    id: "readers",
    check(request, { label }, now) {
      const readers = readersOf(request, label, now);
      if (readers === "public") return NEUTRAL;
      const effect = effectOf(request);
      if (effect === undefined || (!effect.egress && !namesReaders(request, effect.manifest))) return NEUTRAL;
      const objections = objectionsTo(request, effect.manifest, readers);
      // As for information flow: where the texts that were read are not seen, a call is what it was judged to be where they are.
      const tool = `readers ${effect.id}`;
      if (objections.length === 0) {
        if (request.read !== undefined) handedOn?.give(tool, request, now);
        return NEUTRAL;
      }
      // ATTACK: where the texts that were read are seen, what stands behind a handle is not: that is known here alone, and always a denial.
      const settled = request.read === undefined && objections.every(({ effect: would }) => would !== "deny") && handedOn?.take(tool, request, now) === true;
      return settled ? NEUTRAL : decisionOf(objections, mode);
    },
  };

  /** A client that leaves out what was read has read it all the same: where its conversation is known, so is that. */
  function readersOf({ principal, context: { conversation } }: Request, { readers }: Label, now: number): Label["readers"] {
    if (conversation === undefined) return readers;
    const past = (readers === "public" ? histories.known : histories.of)(principal, now, idle, conversation);
    if (past === undefined) return readers;
    if (readers !== "public") past.readers = readers;
    return joinReaders(readers, past.readers);
  }

  function objectionsTo({ action, content, read }: Request, described: Manifest | undefined, readers: Label["readers"]): readonly Objection[] {
    const { type, tool = type, args = {} } = action;
    const found = argumentsOf(args, actOf(bareName(tool)));
    if (found === undefined) return [TOO_MANY];
    const names = new Set(found.flatMap(({ path }) => described?.readBy(path) ?? []));
    const to = found.filter(({ path, role }) => role === "target" || [...names].some((name) => path === name || path.startsWith(`${name}/`)));
    const whom = to.map(({ value }) => value);
    if (mayRead(whom, readers)) return [];
    const confidential = confidentialFor(read ?? []);
    // What was passed on unread stands in the request as its source without its text.
    const unread = content.flatMap(({ source, text, label: { readers: few } }) =>
      source.kind === "tool" && text === "" && few !== "public" && !mayRead(whom, few) ? [{ readers: few, origin: sourceName(source) }] : [],
    )[0];
    // ATTACK: a text of thousands of numbers, each nearly standing everywhere in what was read.
    const search = newSearch();
    const objections = found.flatMap((argument): readonly Objection[] => {
      // Whom it goes to is no secret, unless an address is made to tell one.
      const isLink = to.includes(argument);
      if (isLink && !isAddress(argument.value)) return [];
      const carried = unread !== undefined && isHandle(argument.value) ? unread : carriedIn(argument.value, confidential, whom, isLink, search);
      if (carried !== undefined) {
        const text = `the text stands in something that only ${named(carried.readers)} may read, and the call takes it to somebody else`;
        return [{ ...against("flow/readers", "deny", text, { argument }), origin: carried.origin }];
      }
      const says = SAYING.has(argument.role) || argument.value.length > LONGEST_SETTING;
      return says && !isFree(argument.value, confidential, isLink, search) ? [against("flow/composed-of-restricted", "ask", COMPOSED, { argument })] : [];
    });
    return search.left < 0 ? [TOO_MANY] : objections;
  }
}

const COMPOSED = "the text was composed after something was read that not everybody may read whom it goes to";

const namesReaders = ({ action: { args = {} } }: Request, manifest: Manifest | undefined): boolean =>
  manifest !== undefined && Object.keys(args).some((name) => manifest.readBy(name) !== undefined);

/** What says something, whatever it is called; what is short is a setting. */
const SAYING: ReadonlySet<Argument["role"]> = new Set(["content", "command", "secret"]);
const LONGEST_SETTING = 40;

/** The configuration's own words. */
const named = (readers: readonly string[]): string =>
  readers.length === 0
    ? "some people"
    : `${readers
        .slice(0, MOST_NAMED)
        .map((one) => `\`${one}\``)
        .join(", ")}${readers.length > MOST_NAMED ? ", …" : ""}`;
const MOST_NAMED = 4;
