/** The public lists' own expressions, for one question: does another rule than its own find something in a negative example? */
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

/** Rules so general that they would excuse everything do not count. */
const GENERAL = /generic|curl-auth|\.http\./;

export function otherRules(): (rule: string, text: string) => boolean {
  const gitleaks = (jsonOf("secrets/gitleaks_rules") as { readonly rules: readonly Listed[] }).rules;
  const noseyparker = jsonOf("secrets/noseyparker_rules") as readonly Listed[];
  const rules = [...gitleaks, ...noseyparker.filter(({ categories }) => categories?.includes("secret"))].flatMap(ruleOf);
  return (own, text) => rules.some(({ id, expression }) => id !== own && expression.test(text));
}

/** The lists are written for other machines; an expression that this one cannot read is left out. */
function ruleOf({ id, regex, pattern }: Listed): readonly Rule[] {
  const source = regex ?? pattern;
  if (source === undefined || source === "" || GENERAL.test(id)) return [];
  const spaced = /^\(\?x\)|\(\?[a-z]*x/.test(source);
  const bare = spaced ? source.replace(/#[^\n]*$/gm, "").replace(/(?<!\\)\s+/g, "") : source;
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
