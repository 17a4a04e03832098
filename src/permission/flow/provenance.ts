import { bareAddress } from "./address.ts";
import type { ArgumentRole } from "./argument-role.ts";
import type { Conversation, Item } from "./conversation.ts";
import { fold, isDisguised, LOOK, mayGoThrough, standsIn } from "./fold.ts";
import { standsDenoted } from "./notation.ts";
import { remembering } from "./remember.ts";
import type { Leaf } from "./structure.ts";

/** Where a value comes from. */
export type Provenance =
  /** The user wrote it, or (`operator`) whoever built the agent. */
  | { readonly from: "user" }
  | { readonly from: "operator" }
  /** Of an untrusted source, and released because it can say so little. */
  | { readonly from: "declassified"; readonly origin: string }
  /** A source that configuration trusts inside the house. */
  | { readonly from: "internal" }
  /** It is the whole of one field of something untrusted. */
  | { readonly from: "field"; readonly item: Item /** All fields that it fills. */; readonly leaves: readonly Leaf[] }
  /** It stands somewhere in untrusted text. */
  | { readonly from: "prose"; readonly item: Item }
  /** Nowhere: the model composed it, from whatever it had read. */
  | { readonly from: "nowhere" };

/** The best place that a value stands at: what the user wrote is the user's, wherever else it may stand too. */
export function provenanceOf(value: string, conversation: Conversation, role?: ArgumentRole): Provenance {
  const wanted = fold(value);
  if (wanted === "") return { from: "nowhere" };
  const { search } = conversation;
  const bare = bareAddress(wanted);
  // A page is the same over http and https, and stands in a text with or without either.
  const forms = [...new Set([wanted, wanted.replace(/^https?:\/\//, ""), bare])];
  // What somebody wrote who is trusted may stand there in another notation: `#general`, `O’Brien`, `1.234,56`, `3. Mai 2026`.
  const other = otherForms(wanted);
  const said = (text: string): boolean => {
    if (stands(text)) return true;
    if (search !== undefined && !mayGoThrough(search, text.length)) return false;
    return (
      other.some((form) => standsIn(straight(text), form, search)) || standsDenoted(wanted, text) || (role === "object" && partsOfAddresses(text).has(wanted))
    );
  };
  const number = NUMBER.test(wanted) ? Number(wanted) : undefined;
  const stands = (text: string): boolean => forms.some((form) => standsIn(text, form, search)) || (number !== undefined && numbersIn(text).has(number));
  const fills = ({ text, field }: Leaf): boolean =>
    (text === wanted || (number !== undefined && NUMBER.test(text) && Number(text) === number)) && !FREE_TEXT.has(lastWord(field));
  if (!isDisguised(value)) {
    if (conversation.operator.some(said)) return { from: "operator" };
    if (conversation.trusted.some(said)) return { from: "user" };
    if (conversation.internal.some(said)) return { from: "internal" };
    const origin = conversation.declassified.get(wanted);
    if (origin !== undefined) return { from: "declassified", origin };
  }
  // Few items can hold the value at all, and only those are looked at closely. Where it stands whole, it stands without its scheme as well.
  const near = number === undefined ? conversation.holding(bare) : conversation.untrusted;
  const looks = conversation.untrusted.length + near.reduce((sum, { leaves }) => sum + (leaves?.length ?? 0), 0);
  // Then no answer to this counts any more (`objectionsTo`).
  if (search !== undefined && !mayGoThrough(search, LOOK * looks)) return { from: "nowhere" };
  for (const item of near) {
    const leaves = (item.leaves?.filter(fills) ?? []).slice(0, MOST_FIELDS);
    if (leaves.length > 0) return { from: "field", item, leaves };
  }
  const holding = near.filter(({ text }) => stands(text));
  // Where a value stands in several sources, the one that the user pointed at is the one that counts.
  const item = holding.find(({ named }) => named) ?? holding[0];
  return item === undefined ? { from: "nowhere" } : { from: "prose", item };
}

/** Without the sign that says what it is, in plain apostrophes, over https without its port, and `Kern, Eva` as people say it. */
function otherForms(wanted: string): readonly string[] {
  const [, last, first] = /^([\p{L}'-]{2,40}), ([\p{L}'-]{2,40})$/u.exec(straight(wanted)) ?? [];
  const found = [
    straight(wanted).replace(/^[@#](?=[\p{L}\p{N}])/u, ""),
    ...(last === undefined ? [] : [`${first} ${last}`]),
    wanted.replace(/^(https:\/\/[^/?#:@\\]+):443(?=[/?#]|$)/, "$1").replace(/^(http:\/\/[^/?#:@\\]+):80(?=[/?#]|$)/, "$1"),
  ];
  return found.filter((form) => form !== "" && (form !== wanted || form.includes("'")));
}
const straight = (text: string): string => (/[‘’ʼ]/.test(text) ? text.replace(/[‘’ʼ]/g, "'") : text);

/**
 * The steps of addresses in a text, and each two that follow one another: `https://forge.example/acme/widgets/issues/42` names `widgets`, `acme/widgets`
 * and `42`. ATTACK: who wrote the page also chose its address; so a step may say what is acted upon, never whom it goes to.
 */
const partsOfAddresses = remembering(
  (text): ReadonlySet<string> => {
    const found = new Set<string>();
    for (const [, path = ""] of text.matchAll(/https?:\/\/[^\s/?#"'<>]+\/([^\s?#"'<>()]{1,300})/g)) {
      const steps = path.replace(/[.,;:!]+$/, "").split("/", MOST_STEPS);
      for (const [at, step] of steps.entries()) {
        if (step !== "") found.add(step);
        if (steps[at + 1]) found.add(`${step}/${steps[at + 1]}`);
      }
    }
    return found;
  },
  (_, found) => 20 * found.size,
);
const MOST_STEPS = 20;

/** Fields of one value that are looked at: in a list that repeats it a thousand times the first few say enough. */
const MOST_FIELDS = 8;

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Nothing speaks against a value from here, whatever it is for. */
export function isTrusted({ from }: Provenance): boolean {
  return from === "user" || from === "operator" || from === "internal" || from === "declassified";
}

/** The numbers of a text, in English (`1,200.50`) and German (`1.200,50`) writing. */
const numbersIn = remembering(
  (text): ReadonlySet<number> => {
    const found = new Set<number>();
    for (const [written] of text.matchAll(/(?<![\p{L}\p{N}_.,])\d[\d.,']{0,30}/gu)) {
      const plain = written.replace(/[.,']+$/, "");
      found.add(Number(plain.replace(/[,'](?=\d{3}\b)/g, "")));
      found.add(Number(plain.replace(/\.(?=\d{3}\b)/g, "").replace(",", ".")));
    }
    return found;
  },
  (_, found) => 20 * found.size,
);

/** Fields in which people write what they like: a value that fills one of them stands in prose all the same. */
export const FREE_TEXT: ReadonlySet<string> = new Set(
  `body text content message description subject title summary comment comments note notes snippet caption bio about review reviews feedback answer reply question
  instructions details reason memo remark remarks nachricht betreff inhalt beschreibung titel kommentar notiz`.split(/\s+/),
);

export const lastWord = (field: string): string => /(?<![a-z])[a-z]+$/.exec(field)?.[0] ?? field;
