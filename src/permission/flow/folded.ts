import { fold } from "./fold.ts";
import { remembering, SHORTEST_REMEMBERED } from "./remember.ts";

/** As `fold`, for texts that are sent again with every turn. One for all who compare them. */
export const folded = remembering(fold, (_, text) => text.length, { shortest: SHORTEST_REMEMBERED, by: "digest" });
