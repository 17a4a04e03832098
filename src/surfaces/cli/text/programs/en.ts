import { count, when } from "../count.ts";

export const run = {
  unconfigured:
    "holdfast: no configuration found; secrets are masked, tools pinned and everything recorded, and what information flow would stop is only noted (`holdfast init` writes a configuration)",
  command: (command: string): string => `is the command right? ${command}`,
  noName: (text: string): string => `\`${text}\` cannot name a server`,
  giveName: "give it a name: --server files",
};

export const wrap = {
  which: "which client?",
  oneOf: (clients: readonly string[]): string => `one of ${clients.join(", ")}`,
  unnamed: "no configuration was found, so none is named; --config names one that always holds",
  clientOrAll: "name a client, or --all",
  ownFile: "--file is one client's: name it",
  syntax: "comments and trailing commas are fine; keys and texts need double quotes",
  nothingChanged: "nothing was changed",
  noServer: (server: string, files: readonly string[]): string => `there is no server \`${server}\` in ${files.join(", ")}`,
  backup: (path: string): string => `as it was before Holdfast: ${path}`,
  dryRun: "nothing was written (--dry-run)",
  nothing: "nothing to change",
  changed: (servers: number, clients: readonly string[]): string => `${count(servers, "server")} changed; restart ${clients.join(", ")} for it to take effect`,
  open: (path: string): string => `${path} can be changed by anybody on this machine: chmod o-w on it`,
  project: (path: string): string => `${path} belongs to the project: for whoever shares it, Holdfast must lie in the same place`,
  http: (name: string, server: string, listen: string): string =>
    `${name}: add \`${server}: { http: { url: … } }\` to \`tools:\` in holdfast.yaml, then use http://${listen}/mcp/${server} here`,
  launcher: (name: string): string => `${name}: if that is an older Holdfast, unwrap it first`,
  otherwise: (name: string): string => `${name}: unwrap it first to have it run as you say`,
  notThere: (client: string): string => `no file of ${client} was found`,
  lookedFor: (places: readonly string[]): string => `looked for ${places.join(", ")}; --file names another`,
  behind: (servers: number, wrapped: number): string => `${count(servers, "server")}, ${wrapped} behind Holdfast`,
  faultAt: ({ line, column }: { line: number; column: number }, fault: string): string => `line ${line}, column ${column}: ${fault}`,
  noClients: (clients: readonly string[]): string => `no client was found here; there could be: ${clients.join(", ")}`,
  files: (number: number): string => count(number, "file"),
  noFile: (path: string): string => `there is no file \`${path}\``,
  noClient: (client: string): string => `there is no client \`${client}\``,
  states: { wrapped: "wrapped", unwrapped: "unwrapped", unchanged: "as it was", left: "left" },
  overHttp: ": it is reached over HTTP",
  because: (why: string): string => `: ${why}`,
  called: (server: string): string => `, called ${server}`,
};

interface Guessed {
  readonly effect: "read" | "write";
  readonly egress: boolean;
}
const facts = ({ effect, egress }: Guessed): string => `${effect} ${egress ? "and reach out of the house" : "inside the house"}`;

export const tools = {
  noneHeld: "nothing is held back",
  noneSeen: "no tool was seen yet; tools are pinned when an MCP client first lists them",
  summary: (tools: number, held: number, first: string | undefined): string =>
    `${count(tools, "tool")}, ${held} held back${when(first, (tool) => `; look at one: holdfast tools show ${tool}`)}`,
  is: (tool: string, state: string, since: string, digest: string): string => `${tool}: ${state}, since ${since}, ${digest}`,
  held: (since: string, why: string, detail: string | undefined): string => `held back since ${since} (${why}${when(detail, (text) => `: ${text}`)})`,
  whole: "(all)",
  guessed: (before: Guessed, after: Guessed): string =>
    `by what it says, it was to ${facts(before)}, and now it is to ${facts(after)}; what the configuration says of it would hold as before: see \`holdfast check\``,
  accept: (tool: string, digest: string): string => `if that is meant: holdfast tools accept ${tool} --digest ${digest}`,
  notHeld: (tool: string): string => `\`${tool}\` is not held back`,
  listHeld: "`holdfast tools list` shows what is",
  sayWhat: "say what you have looked at",
  lookFirst: (tool: string, digest: string): string => `holdfast tools show ${tool}, and then: holdfast tools accept ${tool} --digest ${digest}`,
  other: "it is not this any more: the server says something else again",
  accepted: "accepted: it is there again when a client next lists the tools",
  why: {
    changed: "it is described otherwise than before",
    suspect: "its description looks like an attack",
    "look-alike": "its name can be taken for another tool's",
  },
  unseen: (tool: string): string => `no tool \`${tool}\` was seen`,
  listSeen: "`holdfast tools list` shows what was",
};

export const sandbox = {
  tooLittle: (text: string): string => `\`--work ${text}\` is too little`,
  least: "at least 1m",
  ended: {
    late: (seconds: number): string => `ended after ${seconds} s`,
    memory: (): string => "ended: it was out of memory",
    work: (): string => "ended: more was in its work folder than may be",
  },
  none: (driver: string): string => `there is no sandbox \`${driver}\``,
  there: (drivers: readonly string[]): string => `there is ${drivers.join(", ")}`,
  notHere: "not here",
  keeps: (what: readonly string[]): string => `keeps apart: ${what.join(", ") || "nothing"}`,
  attempts: (held: number, all: number): string => `${held} of ${all} attempts held`,
  broken: (driver: string, what: string): string => `${driver} does not keep ${what} apart on this machine: do not rely on it`,
  notTried: "not tried here: two sandboxes at once, of which one reaches for the other",
  workFolders: "work folders",
  quotaHeld: "held to their size by a file system of their own",
  quotaWatched: (because: string): string => `only watched: ${because}`,
  held: "held",
  gotOut: "GOT OUT",
  notMade: "NOT MADE: its sandbox did not start, or ended first",
  outside: {
    escaped: (): string => "succeeds outside",
    shared: (): string => "succeeds outside, as tried for the sandbox before",
    held: (): string => "fails outside too: it proves nothing here",
    "not run": (because: string): string => `not tried outside: ${because}`,
  },
  noNumber: (flag: string, text: string): string => `\`${flag} ${text}\` is not a number greater than nothing`,
  noSize: (flag: string, text: string): string => `\`${flag} ${text}\` is no size`,
  sizeLike: "write it like 512m or 2g",
  noVariable: (text: string): string => `\`--env ${text}\` is not NAME=VALUE`,
};

export const sandboxImport = {
  missing: (file: string): string => `\`${file}\` is not there`,
  noSettings: (file: string, why: string): string => `\`${file}\` holds no such settings: ${why}`,
  fates: { kept: "kept", tighter: "tighter", idle: "idle", less: "less", refused: "refused" },
  cannot: "what is refused cannot be kept",
  takeAway: "take these lines away where you can do without them; nothing was written",
  less: "Holdfast would keep apart less",
  acceptLess: "with `--accept-less` it is written all the same",
  tooLong: "that is too long for settings",
};

export const completion = {
  help: "how it is used",
  install: {
    bash: "to use it: holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast",
    zsh: "to use it: holdfast completion zsh > ~/.zfunc/_holdfast (a folder of your fpath)",
    fish: "to use it: holdfast completion fish > ~/.config/fish/completions/holdfast.fish",
  },
};
