/** Small changes of a draft that a person asks for with a click: everything else of their text stays as it is. */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { put } from "./confirm.ts";
import { endOf, lineEnd } from "./end-of.ts";
import { visibleYaml } from "./visible-yaml.ts";

/** The draft with one rule in this mode. Undefined where the draft has no such rule, or is no YAML. */
export function withMode(draft: string, id: string, mode: "monitor" | "enforce"): string | undefined {
  const rule = ruleIn(listIn(draft, "rules"), id);
  if (rule === undefined) return undefined;
  const now: unknown = rule.get("mode", true);
  if (now === undefined) return put(draft, rule, "mode", mode);
  if (!isScalar(now) || now.range === undefined || now.range === null) return undefined;
  return draft.slice(0, now.range[0]) + mode + draft.slice(now.range[1]);
}

/** The draft with these rules in it, in place of those of the same id, and with these tests. Undefined where there is no place for them. */
export function withAdded(draft: string, { rules = [], tests = [] }: Added): string | undefined {
  let next: string | undefined = draft;
  for (const rule of rules) if (next !== undefined) next = withRule(next, rule);
  for (const test of tests) if (next !== undefined) next = appended(next, "tests", test);
  return next;
}

export interface Added {
  readonly rules?: readonly Rule[];
  readonly tests?: readonly object[];
}
type Rule = { readonly id: string; readonly [name: string]: unknown };

function withRule(draft: string, rule: Rule): string | undefined {
  const old = ruleIn(listIn(draft, "rules"), rule.id);
  if (old === undefined) return appended(draft, "rules", rule);
  const start = old.range?.[0];
  return start === undefined ? undefined : draft.slice(0, start) + flow(rule) + draft.slice(endOf(old));
}

function appended(draft: string, section: "rules" | "tests", entry: object): string | undefined {
  const list = listIn(draft, section);
  if (list === undefined) return undefined;
  const line = `- ${flow(entry)}`;
  if (list === "absent") return `${draft}${draft === "" || draft.endsWith("\n") ? "" : "\n"}${section}:\n  ${line}\n`;
  const last = list.items.at(-1);
  const start = list.range?.[0] ?? 0;
  if (list.flow === true) {
    // An empty list is more often written `[]` than meant to stay on one line.
    const end = (list.range?.[1] ?? 0) - 1;
    if (last === undefined) return `${draft.slice(0, start).trimEnd()}\n  ${line}${draft.slice(end + 1)}`;
    const behind = isMap(last) ? endOf(last) : end;
    return `${draft.slice(0, behind)}, ${flow(entry)}${draft.slice(behind)}`;
  }
  const indent = draft.slice(draft.lastIndexOf("\n", start - 1) + 1, start);
  const end = lineEnd(draft, list);
  return indent.trim() === "" ? `${draft.slice(0, end)}\n${indent}${line}${draft.slice(end)}` : undefined;
}

const flow = (value: object): string => visibleYaml(value, "flow").trim();

/** Undefined where something else stands there than a list, or the draft is none. */
function listIn(draft: string, section: "rules" | "tests"): YAMLSeq | "absent" | undefined {
  const document = parseDocument(draft, { prettyErrors: false, uniqueKeys: true, strict: true });
  if (document.errors.length > 0) return undefined;
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return "absent";
  if (!isMap(contents) || contents.flow === true) return undefined;
  const list: unknown = contents.get(section, true);
  return list === undefined ? "absent" : isSeq(list) ? list : undefined;
}

function ruleIn(list: ReturnType<typeof listIn>, id: string): YAMLMap | undefined {
  const found = list === undefined || list === "absent" ? undefined : list.items.find((item) => isMap(item) && item.get("id") === id);
  return isMap(found) ? found : undefined;
}
