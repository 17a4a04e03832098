/** The public lists' own expressions, for what they say themselves about an example. */
import { jsonOf } from "../detect/data.ts";

interface Rule {
  readonly id: string;
  readonly expression: RegExp;
}
interface Listed {
  readonly id: string;
  readonly regex?: string | null;
  readonly pattern?: string;
  readonly categories?: readonly string[] | null;
}

/** Rules so general that they would excuse everything count among themselves only: they differ in how a password is written, not in what it is. */
const GENERAL = /generic|curl-auth|\.http\./;

/** Linear where it was written, exponential in an engine that goes back. */
const SLOW = /phpmailer/;

export interface Rules {
  /** Another rule than its own finds something in it. */
  readonly others: (rule: string, text: string) => boolean;
  /** What its own rule takes for the secret, the last group of its first match; undefined where this engine finds nothing with it. */
  readonly value: (rule: string, text: string) => string | undefined;
}

export function listedRules(): Rules {
  const gitleaks = (jsonOf("secrets/gitleaks_rules") as { readonly rules: readonly Listed[] }).rules;
  const noseyparker = jsonOf("secrets/noseyparker_rules") as readonly Listed[];
  const rules = [...gitleaks, ...noseyparker.filter(({ categories }) => categories?.includes("secret"))].flatMap(ruleOf);
  return {
    others: (own, text) => rules.some(({ id, expression }) => id !== own && (GENERAL.test(own) || !GENERAL.test(id)) && expression.test(text)),
    value: (own, text) =>
      rules
        .find(({ id }) => id === own)
        ?.expression.exec(text)
        ?.findLast((group) => group !== undefined && group !== ""),
  };
}

/**
 * A value by which nobody gets in: a variable that is filled in later, one sign over and over, a word that says what would stand there. Not the
 * product's own rule of it, which would excuse its own mistakes.
 */
export function isPlaceholder(value: string): boolean {
  const signs = Object.values(Object.groupBy(value.toLowerCase(), (sign) => sign)).map((same) => same?.length ?? 0);
  return (
    /^["']?(?:\$\w+|%\w+%|#+)["']?$|#\{|^<.*>$/.test(value) ||
    (value.length >= 16 && Math.max(...signs) >= 0.75 * value.length) ||
    /EXAMPLE|X{6}/.test(value) ||
    /x{6}|^your|^(?:user(?:name)?|pass(?:word)?|pwd|secret|token|key)$/i.test(value)
  );
}

/** The lists are written for other machines; an expression that this one cannot read is left out. */
function ruleOf({ id, regex, pattern }: Listed): readonly Rule[] {
  const source = regex ?? pattern;
  if (source === undefined || source === "" || SLOW.test(id)) return [];
  const spaced = /^\(\?x\)|\(\?[a-z]*x/.test(source);
  const bare = spaced ? source.replace(/\(\?#[^)]*\)|(?<!\\)#[^\n]*$/gm, "").replace(/(?<!\\)\s+/g, "") : source;
  const written = bare
    .replace(/\(\?[ixsm]+\)/g, "")
    .replaceAll("[:alnum:]", "A-Za-z0-9")
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\z", "$");
  try {
    return [{ id, expression: new RegExp(written, /\(\?[a-z]*i[a-z]*\)/.test(source) ? "ims" : "ms") }];
  } catch {
    return [];
  }
}
