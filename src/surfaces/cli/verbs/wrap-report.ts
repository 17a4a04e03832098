import type { CommandLine, ServerReport } from "../../../hosts/wrap.ts";
import { shown, type Terminal } from "../terminal.ts";

/** One line for the file and one for each server. */
export function told(terminal: Terminal, path: string, servers: readonly ServerReport[]): readonly string[] {
  const { states } = terminal.words.wrap;
  const width = Math.max(...Object.values(states).map(({ length }) => length));
  const stateOf = ({ state }: ServerReport): string => (state === "wrapped" || state === "unwrapped" || state === "unchanged" ? states[state] : states.left);
  return [shown(path), ...servers.map((report) => `  ${stateOf(report).padEnd(width)}  ${shown(titleOf(report))}${shown(reasonOf(terminal, report))}`)];
}

/** A diff of the command lines alone: what else stands in the file, tokens for instance, is nobody's business. */
export function difference(path: string, servers: readonly ServerReport[]): readonly string[] {
  const changed = servers.flatMap((report) =>
    report.before === undefined || report.after === undefined ? [] : [{ ...report, sides: [report.before, report.after] }],
  );
  if (changed.length === 0) return [];
  return [
    `--- ${shown(path)}`,
    `+++ ${shown(path)}`,
    ...changed.flatMap(({ at, sides: [before, after] }) => [`@@ ${shown(at.join("."))} @@`, ...side("-", before), ...side("+", after)]),
  ];
}

function side(sign: string, line: CommandLine | undefined): readonly string[] {
  if (line === undefined) return [];
  const args = line.args === undefined ? [] : [`${sign} "args": [${line.args.map((one) => JSON.stringify(one)).join(", ")}]`];
  return [`${sign} "command": ${JSON.stringify(line.command)}`, ...args].map(shown);
}

/** A project's server says whose it is: two projects may have one of the same name. */
const titleOf = ({ at, name }: ServerReport): string => (at.length > 3 ? `${name} (${at.slice(1, -2).join(" ")})` : name);

function reasonOf({ words: { wrap: words, sentence } }: Terminal, { state, name, server, why }: ServerReport): string {
  if (state === "http") return words.overHttp;
  if (why !== undefined) return words.because(sentence(why));
  return state === "wrapped" && server !== name ? words.called(server) : "";
}
