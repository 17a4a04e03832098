import type { CommandLine, ServerReport } from "../../../hosts/wrap.ts";
import { shown } from "../terminal.ts";

const WORDS: { readonly [state in ServerReport["state"]]: string } = {
  wrapped: "wrapped",
  unwrapped: "unwrapped",
  unchanged: "as it was",
  http: "left",
  "other-launcher": "left",
  unclear: "left",
};

/** One line for the file and one for each server. */
export function told(path: string, servers: readonly ServerReport[]): readonly string[] {
  return [shown(path), ...servers.map((report) => `  ${WORDS[report.state].padEnd(9)}  ${shown(titleOf(report))}${shown(reasonOf(report))}`)];
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

function reasonOf({ state, name, server, why }: ServerReport): string {
  if (state === "http") return ": it is reached over HTTP";
  if (why !== undefined) return `: ${why}`;
  return state === "wrapped" && server !== name ? `, called ${server}` : "";
}
