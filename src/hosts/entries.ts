import { child, elementsOf, type Node, propertiesOf, textOf } from "./document.ts";
import { type Front, parseFront } from "./front.ts";
import type { Host } from "./host.ts";

/** One server of a client's file. */
export interface Entry {
  /** The keys that lead to it; the last is its name. */
  readonly at: readonly string[];
  readonly name: string;
  readonly form: Form;
}

/** How a client reaches the server, as far as it can be changed. */
export type Form =
  | { readonly kind: "stdio"; readonly parts: Parts }
  | { readonly kind: "wrapped"; readonly parts: Parts; readonly front: Partial<Front>; readonly frontLength: number; readonly launcher: string }
  | { readonly kind: "http" }
  | { readonly kind: "unclear"; readonly why: string };

export interface Parts {
  readonly entry: Node;
  readonly command: Node;
  /** Undefined where the entry has none. */
  readonly args: Node | undefined;
}

export function entriesOf(root: Node, host: Host): readonly Entry[] {
  return host.servers
    .flatMap((path) => groups(root, path, []))
    .flatMap(({ node, at }) => propertiesOf(node).map(({ key, value }) => ({ at: [...at, key], name: key, form: formOf(value) })));
}

function groups(node: Node, path: readonly string[], at: readonly string[]): readonly { node: Node; at: readonly string[] }[] {
  const [key, ...rest] = path;
  if (key === undefined) return [{ node, at }];
  return propertiesOf(node)
    .filter((property) => key === "*" || property.key === key)
    .flatMap((property) => groups(property.value, rest, [...at, property.key]));
}

const ADDRESSES = ["url", "serverUrl", "httpUrl"];
const REMOTE = /^(?:http|sse|streamable-?http|ws)$/i;

function formOf(node: Node): Form {
  if (node.type !== "Object") return { kind: "unclear", why: "it is no object" };
  const [command, args] = [child(node, "command"), child(node, "args")];
  const remote = ADDRESSES.some((key) => child(node, key) !== undefined) || ["type", "transport"].some((key) => REMOTE.test(textOf(child(node, key)) ?? ""));
  // Which of the two the client takes is its own choice; wrapping the other would only look like protection.
  if (remote) return command === undefined ? { kind: "http" } : { kind: "unclear", why: "it has a command and an address" };
  if (command === undefined) return { kind: "unclear", why: "it has neither a command nor an address" };
  const program = textOf(command);
  if (program === undefined || program === "") return { kind: "unclear", why: "its command is no text" };
  const values = elementsOf(args).map(textOf);
  if (args !== undefined && (args.type !== "Array" || values.includes(undefined))) return { kind: "unclear", why: "its arguments are no list of texts" };
  const parts: Parts = { entry: node, command, args };
  if (!isLauncher(program)) return { kind: "stdio", parts };
  const parsed = parseFront(values);
  if (parsed === undefined) return { kind: "unclear", why: "it starts Holdfast itself" };
  const { length, ...front } = parsed;
  return { kind: "wrapped", parts, front, frontLength: length, launcher: program };
}

const isLauncher = (command: string): boolean => /(?:^|[\\/])holdfast(?:\.cmd|\.exe)?$/.test(command);
