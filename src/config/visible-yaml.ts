import { stringify } from "yaml";

/** A value as YAML. What cannot be seen is written out, so that who pastes or saves it has read it. */
export function visibleYaml(value: unknown, collectionStyle: "any" | "flow" = "any"): string {
  const plain = stringify(value, { lineWidth: 0, collectionStyle });
  if (plain.search(UNSEEN) < 0) return plain;
  const quoted = stringify(value, {
    lineWidth: 0,
    collectionStyle,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  return quoted.replace(UNSEEN, (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
}
const UNSEEN = /[^\n\P{C}]|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u3164/gu;
