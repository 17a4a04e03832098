import * as common from "./common/de.ts";
import type { en } from "./en.ts";
import * as gateway from "./gateway/de.ts";
import * as people from "./people/de.ts";
import * as programs from "./programs/de.ts";

/** Jedes Wort eines Befehls auf Deutsch. Die Hilfe steht in `help`, und was vor einem Befehl gesagt wird, in `usage`. */
export const de: typeof en = { ...common, ...gateway, ...people, ...programs };
