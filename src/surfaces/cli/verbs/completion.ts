import type { Command } from "commander";
import { EXIT, type Exit, print, say, type Terminal } from "../terminal.ts";

/** One command with what may follow it. Made from the commands themselves, so that it cannot lag behind them. */
interface Node {
  /** The words that lead here, without `holdfast`. */
  readonly path: string;
  readonly verbs: readonly { readonly name: string; readonly about: string }[];
  readonly flags: readonly { readonly name: string; readonly about: string; readonly takesFile: boolean; readonly takesValue: boolean }[];
}

export async function completion(terminal: Terminal, holdfast: Command, shell: "bash" | "zsh" | "fish"): Promise<Exit> {
  const { help, install } = terminal.words.completion;
  const nodes = nodesOf(holdfast, help);
  await print(terminal, shell === "fish" ? fish(nodes) : shell === "zsh" ? zsh(nodes) : bash(nodes));
  if (terminal.out.isTTY === true) say(terminal, install[shell]);
  return EXIT.ok;
}

function nodesOf(command: Command, help: string, path: readonly string[] = []): readonly Node[] {
  const verbs = command.commands.filter((sub) => sub.name() !== "help");
  const flags = [
    ...command.options,
    ...(command.options.some(({ long }) => long === "--help") ? [] : [{ long: "--help", description: help, required: false, optional: false }]),
  ];
  return [
    {
      path: path.join(" "),
      verbs: verbs.map((sub) => ({ name: sub.name(), about: sub.description() })),
      flags: flags.map((flag) => ({
        name: flag.long ?? "",
        about: flag.description,
        takesFile: FILES.has(flag.long ?? ""),
        takesValue: flag.required || flag.optional,
      })),
    },
    ...verbs.flatMap((sub) => nodesOf(sub, help, [...path, sub.name()])),
  ];
}

const FILES = new Set(["--config", "--out", "--key", "--file"]);

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, verbs, flags }) => `    "${path}") words="${[...verbs, ...flags].map(({ name }) => name).join(" ")}" ;;`);
  const parents = nodes
    .filter(({ verbs }) => verbs.length > 0)
    .flatMap(({ path, verbs }) => verbs.map(({ name }) => `"${path === "" ? name : `${path} ${name}`}"`));
  return `# bash completion for holdfast
_holdfast() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb="" word next words
  case $prev in ${[...FILES].join("|")}|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;; esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${verb:+$verb }$word"
    case $next in ${parents.join("|")}) verb=$next ;; esac
  done
  case $verb in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _holdfast holdfast`;
}

function zsh(nodes: readonly Node[]): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
  const cases = nodes.map(
    ({ path, verbs, flags }) => `    '${path}') candidates=(${[...verbs, ...flags].map(({ name, about }) => `'${name}:${quote(about)}'`).join(" ")}) ;;`,
  );
  const known = nodes.filter(({ path }) => path !== "").map(({ path }) => `'${path}'`);
  return `#compdef holdfast
_holdfast() {
  local verb="" word next
  local -a known candidates
  known=(${known.join(" ")})
  case \${words[CURRENT-1]} in ${[...FILES].join("|")}|-c) _files; return ;; esac
  local -a typed=("\${(@)words[2,CURRENT-1]}")
  for word in $typed; do
    next="\${verb:+$verb }$word"
    (( \${known[(Ie)$next]} )) && verb=$next
  done
  case $verb in
${cases.join("\n")}
  esac
  _describe 'holdfast' candidates || _files
}
_holdfast "$@"`;
}

function fish(nodes: readonly Node[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = nodes.flatMap(({ path, verbs, flags }) => {
    const here = `-n ${quote(path === "" ? "__holdfast_at" : `__holdfast_at ${path}`)}`;
    return [
      ...verbs.map(({ name, about }) => `complete -c holdfast -f ${here} -a ${name} -d ${quote(about)}`),
      ...flags.map(
        ({ name, about, takesFile, takesValue }) =>
          `complete -c holdfast ${here} -l ${name.slice(2)} -d ${quote(about)}${takesFile ? " -r -F" : takesValue ? " -x" : ""}`,
      ),
    ];
  });
  const known = nodes.filter(({ path }) => path !== "").map(({ path }) => quote(path));
  return `# fish completion for holdfast
function __holdfast_at
  set -l verb
  for word in (commandline -opc)[2..]
    set -l next (string join ' ' $verb $word)
    contains -- "$next" ${known.join(" ")}; and set verb $next
  end
  test "$verb" = "$argv"
end
${lines.join("\n")}`;
}
