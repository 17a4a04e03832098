import { CommanderError } from "commander";
import { languageOf, usageOf, type Words, wordsOf } from "./language.ts";
import { program } from "./program.ts";
import { EXIT, type Terminal, type World } from "./terminal.ts";

/**
 * Runs one command line and resolves to its exit code: 0 ok, 1 error, 2 usage, 100 findings. When it was stopped by a signal, the code is the
 * abort's reason (128 + the signal's number; 0 when the reader of the output has gone).
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const language = languageOf(argv, world.env);
  let words: Words | undefined;
  const terminal: Terminal = {
    ...world,
    language,
    usage: await usageOf(language),
    get words() {
      if (words === undefined) throw new Error("no verb runs yet, so its words are not loaded");
      return words;
    },
  };
  let exit: number = EXIT.ok;
  const commands = await program(terminal, (code) => {
    exit = code;
  });
  commands.hook("preAction", async () => {
    words = await wordsOf(language);
  });
  try {
    await commands.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    // Commander has already said what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (terminal.signal.aborted) return typeof terminal.signal.reason === "number" ? terminal.signal.reason : EXIT.error;
    return (await import("./report.ts")).report(terminal, error);
  }
}
