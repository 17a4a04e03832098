/** How Commander speaks: its own sentences and our help, in the language of the terminal. */
import { type Command, Help } from "commander";
import { paint, type Terminal } from "./terminal.ts";

/** The help of one command: what it is about, and its arguments and options by their names. */
export interface Spoken {
  readonly about: string;
  readonly arguments?: { readonly [name: string]: string };
  readonly options?: { readonly [flag: string]: string };
}

const PLAIN = new Help();

export function settle(command: Command, terminal: Terminal): void {
  const { more, said } = terminal.usage;
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError(more(fullName(command)))
    .configureHelp({
      styleTitle: said,
      commandUsage: (one) => said(PLAIN.commandUsage(one)),
      subcommandDescription: (one) => said(PLAIN.subcommandDescription(one)),
      subcommandTerm: (one) => said(PLAIN.subcommandTerm(one)),
      optionDescription: (option) => said(PLAIN.optionDescription(option)),
      argumentDescription: (argument) => said(PLAIN.argumentDescription(argument)),
    })
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      outputError: (text, write) => write(said(text).replace(/^\p{L}+:/u, (title) => paint(terminal, "err", "red", title))),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

/** Puts another language into the place of the English that stands with the commands. `everywhere`: options that mean the same wherever they are. */
export function speak(
  command: Command,
  help: { readonly [command: string]: Spoken },
  everywhere: { readonly [flag: string]: string },
  path: readonly string[] = [],
): void {
  const spoken = help[path.join(" ")];
  if (spoken !== undefined) command.description(spoken.about);
  for (const argument of command.registeredArguments) argument.description = spoken?.arguments?.[argument.name()] ?? argument.description;
  for (const option of command.options) {
    const flag = option.long ?? option.flags;
    option.description = spoken?.options?.[flag] ?? everywhere[flag] ?? option.description;
  }
  for (const sub of command.commands) speak(sub, help, everywhere, [...path, sub.name()]);
}

function fullName(command: Command): string {
  return command.parent === null || command.parent === undefined ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
