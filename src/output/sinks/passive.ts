import { unwrapped } from "../links/address.ts";

/** Elements that show something and do nothing, and with which a parser goes on reading as before. */
const TAGS = new Set(
  `a abbr address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure
  font footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins kbd li main mark meta nav ol p pre q rp rt ruby s samp section small span strike strong
  sub summary sup table tbody td tfoot th thead time title tr tt u ul var wbr`.split(/\s+/),
);

/** What they may say of themselves. What is not here is for a script of the page to act upon, or unknown. */
const ATTRIBUTES = new Set(
  `align alt aria-hidden aria-label bgcolor border cellpadding cellspacing cite class color cols colspan datetime dir face headers height href hreflang id lang
  loading nowrap open rel reversed role rows rowspan scope size span src srcset start style summary target title type valign value width`.split(/\s+/),
);
const OF_META = new Set(["charset", "name", "property", "content"]);

/** What an element does that is none of those, where it does something. */
const ACTIVE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    script: "script",
    frame: "iframe frame frameset object embed applet portal fencedframe param",
    form: "form input button textarea select option optgroup isindex keygen output datalist",
    foreign: "svg math",
    document: "base link style",
    reading: "plaintext xmp listing noscript noembed noframes template slot",
  }).flatMap(([what, names]) => names.split(" ").map((name) => [name, what] as const)),
);

const ADDRESSES = new Set(["href", "src", "cite", "xlink:href", "poster", "background", "longdesc", "dynsrc", "lowsrc", "data", "codebase", "manifest"]);
const SCHEMES = new Set(["http", "https", "mailto", "tel", "cid", "ftp"]);
const IMAGE = /^data:image\/(?:png|gif|jpeg|webp|avif)[;,]/i;
const FRAMEWORK = /^(?:v-|x-|ng-|hx-|[@:([#*]|data-(?:v-|x-|ng-|hx-|bs-))/;
/** A property with a value of words, numbers and colours. No address, no expression, no layer over the page. */
const DECLARATION = String.raw`\s*(?!behavior|-moz-binding|position|z-index|inset)[a-z-]{1,40}\s*:(?:[\w\s.,#%!"'/+-]|\b(?:rgba?|hsla?|calc)\([\w\s.,%/+*-]{0,80}\)){0,200}`;
/** ATTACK: where the semicolon between two of them may be missing, a name can begin anywhere in the value before it: ten values would take an hour to refuse. */
const STYLE = new RegExp(`^(?:${DECLARATION}(?:;${DECLARATION})*;?)?\\s*$`, "i");

/** What is read of `style={{ margin: 0 }}`: braces without a colon declare nothing. */
const JSX = /^\{+[^:]*$/;

/** A tag as the tokenizer read it. */
export interface Tag {
  readonly tagName: string;
  readonly selfClosing: boolean;
  readonly attrs: readonly { readonly name: string; readonly value: string }[];
}

/** What a tag does, where it does something: a key of WORDS. */
export function activeIn({ tagName, attrs }: Tag): string | undefined {
  const by = ACTIVE.get(tagName);
  // A frame without an address shows nothing, and outside of a frameset, which is found itself, it is ignored: a component of that name.
  const isEmpty = tagName === "frame" && attrs.every(({ name }) => name !== "src");
  if (by !== undefined && !isEmpty) return by;
  for (const { name, value } of attrs) {
    if (/^on/.test(name) || FRAMEWORK.test(name)) return "handler";
    if (name === "srcdoc") return "frame";
    if (name === "action" || name === "formaction") return "form";
    if (name === "http-equiv" || (name === "charset" && !/^utf-?8$/i.test(value))) return "document";
    if (name === "style" && !STYLE.test(value) && !JSX.test(value)) return "style";
    if (isBadAddress(value, tagName === "img", ADDRESSES.has(name) || name === "srcset")) return "address";
    // A reader that is somewhere else in the page ends the value here, and reads the rest as markup.
    if (/<[a-z/!?]/i.test(value)) return "hidden";
  }
  return undefined;
}

/** True for a tag that may stay one. */
export function isPassive({ tagName, attrs }: Tag): boolean {
  const names = tagName === "meta" ? OF_META : ATTRIBUTES;
  return TAGS.has(tagName) && attrs.every(({ name }) => names.has(name));
}

/** The same tag in the one form that every parser reads alike: on one line, and no sign of markup within its values. */
export function written({ tagName, attrs, selfClosing }: Tag): string {
  return `<${tagName}${attrs.map(({ name, value }) => ` ${name}="${asValue(value)}"`).join("")}${selfClosing ? "/" : ""}>`;
}

const asValue = (value: string): string => asText(value).replace(/[\n\r[\]]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** An address that runs something, or whose scheme nobody knows. In a place for other things only what surely runs counts. */
export function isBadAddress(value: string, image: boolean, isPlace: boolean): boolean {
  const plain = unwrapped(value).replace(/[\u0000-\u0020\u007f-\u00a0\u2028\u2029]/g, "");
  const scheme = /^([^/?#:]*):/.exec(plain)?.[1]?.toLowerCase();
  if (scheme === undefined) return false;
  if (!isPlace) return /(?:java|vb|live)script$/.test(scheme) || /^data:text/i.test(plain);
  return !SCHEMES.has(scheme) && !(image && IMAGE.test(plain));
}

const SIGNS: { readonly [sign: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" };

/** As text: in an element as well as in a value between quotes. */
export function asText(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => SIGNS[sign] as string);
}
