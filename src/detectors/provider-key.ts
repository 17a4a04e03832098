import type { Detector } from "../core/detector.ts";
import { isSeparator } from "./follows.ts";
import { pattern } from "./pattern.ts";
import { isIssued } from "./secrecy.ts";
import type { Shape } from "./shape.ts";

/** Keys of providers that do the same kind of thing, for a page. */
export interface ProviderKeys {
  readonly title: { readonly en: string; readonly de: string };
  readonly keys: readonly Detector[];
}

/** A key that its own form gives away: `shapes` begin with a text that few other things begin with. */
export function token(id: string, provider: string, ...shapes: readonly Shape[]): Detector {
  return {
    id,
    finds: "credential",
    covers: ["O-03"],
    explain: {
      en: `A key or token of ${provider}: whoever has it acts there in its owner's name.`,
      de: `Ein Schlüssel oder Token von ${provider}: wer ihn hat, handelt dort im Namen des Inhabers.`,
    },
    get examples() {
      const [{ example }] = shapes as readonly [Shape, ...Shape[]];
      return { hit: shapes.map((each) => `key=${each.example}`), miss: [example.slice(0, Math.ceil(example.length / 3)), `x${example}`] };
    },
    ...pattern(
      {
        source: `(?:${shapes.map(({ source, before }) => (before === undefined ? "(?<![A-Za-z0-9])" : `(?<=${before})`) + source).join("|")})(?![A-Za-z0-9])`,
        flags: "",
      },
      { literals: { at: "start", any: shapes.flatMap(({ starts }) => starts) }, accept: isIssued },
    ),
  };
}

const SPACE = " \\t\\r\\n";
/** From the name of a provider to a value that is given to it: the rest of the name, an assignment, quotes, the scheme of a header. */
const GIVEN = `[\\w .-]{0,16}["'\`\\])]{0,2}[${SPACE}]{0,2}(?:=>|:=|\\|\\||\\?=|:{1,3}=?|==?|[>,(]|(?<=key|oken|cret) )["'\`=(\\[${SPACE}]{0,8}(?:(?:bearer|token|basic|ssws) )?`;

/** A key that can be told from a hash only by the name of its provider before it. In a name, `_` stands for any separator or none. */
export function named(id: string, provider: string, names: readonly string[], ...shapes: readonly Shape[]): Detector {
  const spelled = names.flatMap((name) => [...new Set(["_", "", "-", ".", " "].map((separator) => name.replace("_", separator)))]);
  const starts = shapes.flatMap((each) => each.starts);
  const telling = shapes.every((each) => each.starts.length > 0) && starts.every((start) => start.length > 3);
  const found = pattern(`(?<=(?:${spelled.map(inName).join("|")})${GIVEN})(?:${shapes.map(({ source }) => source).join("|")})(?![\\w/+-])`, {
    literals: telling ? { at: "start", any: starts } : { at: "before", any: spelled.map((name) => name.replace(/\d/g, "0")) },
    accept: (key) => /\d/.test(key) && isIssued(key),
    follows: isSeparator,
    score: 0.9,
  });
  return {
    id,
    finds: "credential",
    covers: ["O-03"],
    explain: {
      en: `A key or token of ${provider}, known by the name before it.`,
      de: `Ein Schlüssel oder Token von ${provider}, erkannt am Namen davor.`,
    },
    get examples() {
      const [{ example }] = shapes as readonly [Shape, ...Shape[]];
      return { hit: shapes.map((each) => `${spelled[0]}_api_key = "${each.example}"`), miss: [example, `${spelled[0]} is ${example}`] };
    },
    ...found,
  };
}

/** What a name of a key goes on with. */
const GOES_ON = "access|api|app|auth|bot|cli|cred|deploy|id|integ|key|log|oauth|pass|pat|priv|pub|pwd|sec|serv|tok|user|web";

/** A short name is one only where a word begins, `lob` stands in `global`; a very short one only where it ends as well: `sumo` stands in `sumObj`. */
function inName(name: string): string {
  const source = name.replace(/[.]/g, "\\.");
  const end = name.length < 5 ? `(?:(?![a-z])|(?=${GOES_ON}))` : "";
  return name.length < 8 ? `(?<![a-z])${source}${end}` : source;
}
