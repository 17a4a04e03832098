import { codeOf, HoldfastError } from "../../core/errors.ts";
import { HostFileFault } from "./host-file.ts";
import { CommandFault, EXIT, type Exit, paint, say, shown, type Terminal } from "./terminal.ts";

/** Says why a command could not go on, and gives its exit code. */
export function report(terminal: Terminal, error: unknown): Exit {
  const { usage } = terminal;
  const title = paint(terminal, "err", "red", usage.error);
  if (error instanceof CommandFault) {
    say(terminal, `${title} ${error.message}`);
    if (error.hint !== undefined) say(terminal, `  ${error.hint}`);
    return error.exit;
  }
  if (error instanceof HostFileFault) {
    say(terminal, `${title} ${terminal.words.files[error.code](shown(error.path), error.detail)}`);
    if (error.code === "changed") say(terminal, `  ${terminal.words.files.again}`);
    return EXIT.error;
  }
  if (error instanceof HoldfastError) {
    say(terminal, `${title} ${terminal.words.sentence(error.message)} (${error.code})`);
    return EXIT.error;
  }
  // Our own bug: the stack holds file names and lines of ours, which is what a report needs.
  say(terminal, `${title} ${usage.bug(codeOf(error))}`);
  if (error instanceof Error && error.stack !== undefined) say(terminal, error.stack.split("\n").slice(1, 6).join("\n"));
  return EXIT.error;
}
