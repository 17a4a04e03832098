import { count } from "../count.ts";

/** A sentence of the gateway itself, which speaks English. */
export const sentence = (text: string): string => text;

export const progress = (many: string, each: number): string => `${many}, ${each} a second`;

export const configuration = {
  none: "there is no configuration",
  faults: (number: number): string => `the configuration has ${count(number, "fault")}`,
  unusable: "the configuration cannot be used, so nothing was changed",
  noAgent: (agent: string): string => `there is no agent \`${agent}\` in the configuration`,
  noAgents: "the configuration has no agent",
  addAgent: "add one under `agents`",
  there: (names: readonly string[]): string => `there is: ${names.join(", ")}`,
};

/** What keeps a file from being read or replaced; also what the API says of it. */
export const files = {
  unreadable: (path: string, code: string): string => `\`${path}\` cannot be read: ${code}`,
  "no-file": (path: string): string => `\`${path}\` is no file`,
  "too-large": (path: string, most: string): string => `\`${path}\` is too large: more than ${most} bytes`,
  "no-text": (path: string): string => `\`${path}\` is no UTF-8 text`,
  changed: (path: string): string => `\`${path}\` was changed meanwhile`,
  unchangeable: (path: string, code: string): string => `\`${path}\` cannot be changed: ${code}`,
  taken: (path: string): string => `\`${path}\` is there and is no file`,
  again: "nothing was written; try again",
  unwritable: (path: string, code: string): string => `\`${path}\` cannot be written: ${code}`,
  there: "it is there already",
  illegible: (path: string): string => `\`${path}\` cannot be read`,
  key: (path: string): string => `the public key \`${path}\` cannot be read`,
};

export const server = {
  elsewhere: "the store of this configuration is not on this machine",
  runThere: "run this where the server runs",
  silent: (host: string): string => `no server answers at \`${host}\``,
  impostor: (host: string): string => `what answers at \`${host}\` cannot show that it is the server that was started here, so it was told nothing`,
  start: "is it running? `holdfast serve` starts it",
  stranger: "the server does not know this operator's token",
  variable: (name: string): string => `is \`${name}\` set to another one?`,
  refused: (status: number): string => `the server refused (${status})`,
  noConsole: "there is no console here",
  noLogin: "the server gave no login URL",
  other: "is it another server, or an older one?",
  older: "is it an older one?",
  noAddress: "where the server runs cannot be read",
  anew: "start it anew",
  noToken: "the operator's token cannot be read: this user may not",
  asThat: (name: string): string => `run this as the user that runs the server, or set \`${name}\``,
  never: "no server has run with this configuration",
  startIt: "start it with `holdfast serve`",
  noRun: (name: string): string => `nothing runs now that is called \`${name}\``,
  whatRuns: "what waits, and where: holdfast approvals list",
  console: "it works once, for ten minutes",
};

/** What every change by a person needs. */
export const why = {
  missing: "say why: it is written down with your name",
  word: "why",
};
