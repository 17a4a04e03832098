import * as common from "./common/de.ts";
import type { en } from "./en.ts";
import * as gateway from "./gateway/de.ts";
import * as people from "./people/de.ts";
import * as programs from "./programs/de.ts";

/** Jedes Wort der Kommandozeile auf Deutsch; ihre Hilfe steht in `help.ts`. */
export const de: typeof en = { ...common, ...gateway, ...people, ...programs };
