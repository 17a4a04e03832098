import { reach } from "../operator.ts";
import { EXIT, type Exit, print, printJson, say, type Terminal } from "../terminal.ts";

/** A fresh one-time login URL, asked of the running server over its admin address with the token that lies beside its store. */
export async function consoleUrl(terminal: Terminal, flags: { readonly config?: string; readonly json?: boolean }): Promise<Exit> {
  const url = await (await reach(terminal, flags)).login();
  if (flags.json === true) await printJson(terminal, { login: url });
  else {
    await print(terminal, url);
    say(terminal, terminal.words.server.console);
  }
  return EXIT.ok;
}
