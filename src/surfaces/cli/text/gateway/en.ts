import { count, when } from "../count.ts";

export const init = {
  there: (file: string): string => `\`${file}\` is there already`,
  another: "nothing was changed; name another file to write one",
  start: "start with:  holdfast serve",
};

export const serve = {
  wrote: (path: string): string => `wrote a first configuration: ${path}`,
  reloaded: (file: string): string => `${file} was read again and is in force`,
  refused: "the changed configuration was refused; the old one stays in force",
  stopping: "stopping: letting requests end",
  ready: "Holdfast is ready.",
  names: { gateway: "gateway", admin: "admin", egress: "egress", console: "console", key: "API key" },
  admin: "health, metrics",
  once: "works once; `holdfast console` makes another",
  forAgent: (agent: string): string => `for agent ${agent}`,
  shownOnce: "shown this once; `holdfast keys mint` makes another",
  try: "Try it:",
  noAddress: (text: string): string => `\`--listen ${text}\` is no address with a port`,
  addressLike: "write it like 127.0.0.1:8787 or [::1]:8787",
};

export const check = {
  good: (path: string, tests: number, warnings: number, guessed: number): string =>
    `${path} is good: ${tests === 0 ? "no tests" : `${count(tests, "test")} passed`}, ${count(warnings, "warning")}, ${count(guessed, "tool")} with derived facts`,
  left: (tools: readonly string[]): string => `not written, because their server is not under \`tools\`: ${tools.join(", ")}`,
  nothing: "there is nothing to confirm",
  confirmed: (tools: number, backup: string): string => `confirmed ${count(tools, "tool")}; the file as it was before Holdfast first changed it: ${backup}`,
  spoiled: (path: string): string => `\`${path}\` cannot be read with these facts in it`,
  byHand: "it is as it was; write them under `tools` by hand",
  agent: (agent: string, role: string): string => `agent ${agent} (role ${role})`,
  names: { models: "models", read: "read", write: "write", deny: "blocked", egress: "reaches" },
  tools: "tools",
  leaves: "leaves the house",
  stays: "stays in the house",
  results: (trust: string): string => `results ${trust}`,
  countedBy: (tool: string): string => `records counted by ${tool}`,
  countsItself: "records counted by its own dry run",
  guessed: "  (? = worked out, not configured: `holdfast check --confirm` writes it into the file)",
  rules: "rules",
  would: (effect: string): string => `would ${effect} (monitor)`,
  after: (after: string, until: string | undefined): string => `, after ${after}${when(until, (text) => `, until ${text}`)}`,
  nothingListed: "nothing",
};

export const doctor = {
  ok: "ok",
  look: "look",
  none: "there is none",
  write: "`holdfast init` writes one",
  faults: (number: number): string => `${number} faults`,
  showFaults: "`holdfast check` shows them",
  noCredential: "no credential is configured",
  well: "all is well",
  bad: (bad: number, all: number): string => `${bad} of ${all} need attention`,
  elsewhere: "not kept on this machine's disk",
  open: (folder: string): string => `${folder} is open to other users of this machine`,
  unusable: (folder: string): string => `${folder} cannot be used by this user`,
  willBe: (folder: string): string => `${folder} will be made at the first start`,
  cannotBe: (folder: string, parent: string): string => `${folder} cannot be made in ${parent}`,
  free: (address: string): string => `${address} is free`,
  inUse: (address: string): string => `${address} is in use: by Holdfast, if it is running`,
  deaf: (address: string, code: string): string => `cannot listen on ${address}: ${code}`,
  otherAddress: "name another address under `server`",
};

export const keys = {
  minted: (id: string, agent: string): string => `${id} for agent ${agent}: keep it now, it is not shown again`,
  allModels: "all models",
  made: (time: string): string => `made ${time}`,
  until: (time: string | undefined): string => (time === undefined ? "until revoked" : `until ${time}`),
  summary: (number: number): string => count(number, "key"),
  none: (id: string): string => `there is no key \`${id}\``,
  list: "`holdfast keys list` shows them",
  revoked: "revoked: a running gateway ends what the key opened within a second or two",
  noTime: (text: string): string => `\`--expires ${text}\` is no time`,
  timeLike: "write it like 30m, 12h or 90d",
};

export const audit = {
  nameExport: "name an export: holdfast audit verify FILE --key data/audit.vkey",
  noKey: "the log's public key is missing",
  giveKey: "--key data/audit.vkey (`holdfast audit key` prints it where the log is)",
  names: { records: "records", size: "tree size", root: "root", checkpoints: "checkpoints", witnesses: "witnesses" },
  uncovered: (number: number): string => `${number} of them after the last checkpoint`,
  nobody: "none",
  verified: "verified",
  bad: (why: string, line: number, seq: number | undefined): string =>
    `${when(seq === undefined ? undefined : String(seq), (at) => `record ${at}: `)}${why} (line ${line})`,
  untrue: "the log is not what it says",
  good: (records: number): string => `${count(records, "record")} before it ${records === 1 ? "is" : "are"} good`,
  record: (index: number, size: number, root: string, id: string): string => `record ${index} of ${size} under root ${root} (\`holdfast audit proof ${id}\`)`,
  kilobytes: "kilobytes",
  written: (file: string, key: string): string => `written to ${file}; verify it with: holdfast audit verify ${file} --key ${key}`,
  noDecision: (id: string): string => `there is no decision \`${id}\` in the log`,
  tail: "`holdfast audit tail` shows the newest",
};

export const decide = {
  noObject: (fault: string, at: number): string => `standard input is not one JSON object: ${fault} (at character ${at})`,
  notUnderstood: (fault: string): string => `the request is not understood: ${fault}`,
  would: (effect: string): string => `would ${effect}`,
};

export const replay = {
  first: (agent: string): string => `runs that name no agent are decided for \`${agent}\``,
  outOfTheBox: "no agent is configured: this is the product out of the box (every tool may be used; information flow and detectors decide)",
  runs: "runs",
  summary: (runs: number, counts: string): string => `${runs} runs: ${counts}`,
  alike: (calls: number): string => `the draft decides all ${count(calls, "call")} alike`,
  otherwise: (changed: number, calls: number, list: readonly string[]): string =>
    `${changed} of ${count(calls, "call")} would be decided otherwise: ${list.join(", ")}`,
  becomes: (number: number, before: string, after: string): string => `${number} × ${before} becomes ${after}`,
};

export const inspect = {
  fromInput: "with `--jsonl` the texts come from standard input",
  texts: "texts",
  hidden: "(not shown)",
  found: (effect: string, findings: number, score: string): string =>
    `${effect}: ${findings === 0 ? "nothing found" : `${findings} found`}, injection score ${score}`,
};

export const scan = {
  writesOnly: "`--template` writes a prompt; it reads no file",
  noTemplate: (role: string): string => `there is no template \`${role}\``,
  templates: (roles: readonly string[]): string => `there are ${roles.join(", ")}`,
  empty: "the prompt is empty",
  writeOne: "`holdfast scan prompt --template assistant` writes one to begin with",
  tooLong: (most: number): string => `the prompt has more than ${most} characters`,
  line: "line",
  fix: (fix: string): string => `fix: ${fix}`,
  summary: (findings: number): string => (findings === 0 ? "nothing found" : count(findings, "finding")),
  unreadable: "the prompt cannot be read",
  notText: "the prompt is no text in UTF-8",
  givePath: "give the path of a text file, or `-` for standard input",
};
