import { type ArgumentSinks, isArray, isObject, type Json, type JsonObject, type SinkFault } from "../../core/index.ts";
import { foundInStatement, SINKS, WORDS } from "./index.ts";

type Sink = ArgumentSinks[string];
/** What of a value is looked at: a text, which can be written anew, or a number, the name of a member, and what there is too much of, which cannot. */
type Place = "text" | "number" | "name" | "much";

/** The most values and the deepest nesting that are looked at in one call. What has more is not understood. */
const [MOST, DEEPEST] = [2_000, 64];
/** The most code units of all values together: the most hostile of them keep others waiting for some thirty milliseconds. */
export const LONGEST_ARGUMENTS = 48_000;
const HANDLE = /hf:\/\//i;

/** What arguments would do where they go. Where they are to be escaped, and are not yet, that is a fault as well: `escapedArguments` takes it away. */
export function faultsIn(sinks: ArgumentSinks, args: JsonObject): readonly SinkFault[] {
  const faults: SinkFault[] = [];
  walk(sinks, args, (argument, sink, value, place) => {
    const fault = faultOf(sink, value, place);
    if (fault === undefined) return value;
    const { what, final } = fault;
    faults.push({ argument, kind: sink.kind, follows: final && sink.action === "escape" ? "deny" : sink.action, what: WORDS[what] ?? what });
    return value;
  });
  return faults;
}

/** The arguments as their sinks want them, as far as that can be. Doing it again changes nothing. */
export function escapedArguments(sinks: ArgumentSinks, args: JsonObject): JsonObject {
  return walk(sinks, args, (_, sink, value, place) =>
    sink.action === "escape" && place === "text" && !HANDLE.test(value) ? (SINKS[sink.kind].escaped?.(value) ?? value) : value,
  );
}

/** `final`: no other way of writing it would help. */
function faultOf({ kind, action, allow }: Sink, value: string, place: Place): { readonly what: string; readonly final: boolean } | undefined {
  if (kind === "text") return undefined;
  if (place === "much") return { what: "much", final: true };
  // What a handle stands for is put in later, and nobody has looked at it.
  if (HANDLE.test(value)) return { what: "handle", final: true };
  const found = (): string | undefined => (kind === "sql-statement" ? foundInStatement(value, allow) : SINKS[kind].found(value));
  if (action === "escape") {
    const safe = SINKS[kind].escaped?.(value);
    return safe === value ? undefined : { what: found() ?? "unwritten", final: safe === undefined || place !== "text" };
  }
  const what = found();
  return what === undefined ? undefined : { what, final: false };
}

/** Goes through all that a sink is declared for; what `look` answers stands in the place of a text. */
function walk(sinks: ArgumentSinks, args: JsonObject, look: (path: string, sink: Sink, value: string, place: Place) => string): JsonObject {
  // Of several that cover a value the longest is the one that is meant.
  const patterns = Object.entries(sinks)
    .map(([path, sink]) => [path.split("/"), sink] as const)
    .sort(([a], [b]) => b.length - a.length);
  let [seen, length] = [0, 0];
  const go = (node: Json, path: readonly string[]): Json => {
    const sink = patterns.find(([pattern]) => pattern.length <= path.length && pattern.every((step, at) => step === "*" || step === path[at]))?.[1];
    const at = path.join("/");
    if (++seen > MOST || path.length > DEEPEST) {
      if (sink !== undefined || patterns.length > 0) look(at, sink ?? (patterns[0] as readonly [unknown, Sink])[1], "", "much");
      return node;
    }
    if (typeof node === "string") {
      if (sink === undefined || sink.kind === "text") return node;
      length += node.length;
      if (length <= LONGEST_ARGUMENTS) return look(at, sink, node, "text");
      look(at, sink, "", "much");
      return node;
    }
    if (typeof node === "number" && sink !== undefined) look(at, sink, String(node), "number");
    if (isArray(node)) return node.map((item, index) => go(item, [...path, String(index)]));
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, item]) => {
        if (sink !== undefined) {
          length += name.length;
          look(at, sink, name, length <= LONGEST_ARGUMENTS ? "name" : "much");
        }
        return [name, go(item, [...path, name])];
      }),
    );
  };
  return go(args, []) as JsonObject;
}
