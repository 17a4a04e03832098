import type { Command, Option } from "commander";
import type { Exit, Terminal } from "./terminal.ts";

/** What the program makes its verbs with. */
export interface Making {
  readonly holdfast: Command;
  readonly terminal: Terminal;
  readonly exit: (code: Exit) => void;
  readonly verb: (parent: Command, usage: string, description: string, example: string) => Command;
  /** Adds the options that every verb with a configuration has. */
  readonly of: (command: Command) => Command;
  readonly json: Option;
  readonly whole: (text: string) => number;
}
