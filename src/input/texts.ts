import { type Json, type Label, NEUTRAL_LABEL, type Request, type SourceKind } from "../core/index.ts";

/** One text of a request, where it stands, and who it speaks for. */
export interface Found {
  readonly at: string;
  readonly text: string;
  /** What a reader of the whole sees directly before it: the name of a JSON member. */
  readonly before: string;
  readonly source: SourceKind;
  readonly label: Label;
}

/** A parser of ours lets no deeper value through; one that comes from elsewhere is refused, not followed. */
const DEEPEST = 256;
/** Numbers are read as text from the length of the shortest card number on. */
const LONG = 1e11;

/** Every text of a request: contents, the strings, names and long numbers of values and arguments, the resource. Undefined if it is too deep. */
export function textsOf(request: Request): Found[] | undefined {
  const texts: Found[] = [];
  let fits = true;

  const leaf = (at: string, text: string, before: string, source: SourceKind, label: Label): void => {
    if (text !== "") texts.push({ at, text, before, source, label });
  };
  const walk = (node: Json, at: string, name: string, source: SourceKind, label: Label, depth: number): void => {
    if (depth > DEEPEST) fits = false;
    else if (typeof node === "string") leaf(at, node, `${name.slice(-40)}="`, source, label);
    else if (typeof node === "number") {
      if (Number.isSafeInteger(node) && node >= LONG) leaf(at, String(node), "", source, label);
    } else if (node === null || typeof node === "boolean") return;
    else if (Array.isArray(node)) for (const [index, item] of node.entries()) walk(item, `${at}/${index}`, name, source, label, depth + 1);
    else {
      for (const [key, item] of Object.entries(node)) {
        if (key.length >= SHORTEST) leaf(`${at}/~`, key, "", source, label);
        walk(item, `${at}/${memberPath(key)}`, key, source, label, depth + 1);
      }
    }
  };

  request.content.forEach(({ text, value, source, label }, index) => {
    if (text !== undefined) leaf(`content/${index}`, text, "", source.kind, label);
    else walk(value, `content/${index}`, "", source.kind, label, 0);
  });
  // What a model proposes speaks for itself here; where it came from is for the flow rules to say.
  if (request.action.args !== undefined) walk(request.action.args, "args", "", "model", NEUTRAL_LABEL, 0);
  if (request.resource !== undefined) leaf("resource", request.resource.id, "", "model", NEUTRAL_LABEL);
  return fits ? texts : undefined;
}

/** The name of a member as a part of a path. */
export function memberPath(name: string): string {
  return name.slice(0, 64).replaceAll("/", "~1");
}

/** Nothing shorter than this can be found in a name. */
const SHORTEST = 8;
