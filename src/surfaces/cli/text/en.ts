import * as common from "./common/en.ts";
import * as gateway from "./gateway/en.ts";
import * as people from "./people/en.ts";
import * as programs from "./programs/en.ts";

/** Every word of a verb in English. The help stands with the commands, and what is said before a verb runs in `usage`. */
export const en = { ...common, ...gateway, ...people, ...programs };
