import { CommanderError } from "commander";
import { codeOf, HoldfastError } from "../../core/errors.ts";
import { HostFileFault } from "./host-file.ts";
import { languageOf, wordsOf } from "./language.ts";
import { program } from "./program.ts";
import { CommandFault, EXIT, paint, say, shown, type Terminal, type World } from "./terminal.ts";

/**
 * Runs one command line and resolves to its exit code: 0 ok, 1 error, 2 usage, 100 findings. When it was stopped by a signal, the code is the
 * abort's reason (128 + the signal's number; 0 when the reader of the output has gone).
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const language = languageOf(argv, world.env);
  const terminal: Terminal = { ...world, language, words: await wordsOf(language) };
  let exit: number = EXIT.ok;
  const commands = await program(terminal, (code) => {
    exit = code;
  });
  try {
    await commands.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    // Commander has already said what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (terminal.signal.aborted) return typeof terminal.signal.reason === "number" ? terminal.signal.reason : EXIT.error;
    return report(terminal, error);
  }
}

function report(terminal: Terminal, error: unknown): number {
  const { words } = terminal;
  const title = paint(terminal, "err", "red", words.usage.error);
  if (error instanceof CommandFault) {
    say(terminal, `${title} ${error.message}`);
    if (error.hint !== undefined) say(terminal, `  ${error.hint}`);
    return error.exit;
  }
  if (error instanceof HostFileFault) {
    say(terminal, `${title} ${words.files[error.code](shown(error.path), error.detail)}`);
    if (error.code === "changed") say(terminal, `  ${words.files.again}`);
    return EXIT.error;
  }
  if (error instanceof HoldfastError) {
    say(terminal, `${title} ${words.sentence(error.message)} (${error.code})`);
    return EXIT.error;
  }
  // Our own bug: the stack holds file names and lines of ours, which is what a report needs.
  say(terminal, `${title} ${words.usage.bug(codeOf(error))}`);
  if (error instanceof Error && error.stack !== undefined) say(terminal, error.stack.split("\n").slice(1, 6).join("\n"));
  return EXIT.error;
}
