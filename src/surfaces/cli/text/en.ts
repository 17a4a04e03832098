import * as common from "./common/en.ts";
import * as gateway from "./gateway/en.ts";
import * as people from "./people/en.ts";
import * as programs from "./programs/en.ts";

/** Every word of the command line in English, but for its help, which stands with the commands. */
export const en = { ...common, ...gateway, ...people, ...programs };
