import type { Making } from "./making.ts";

/** The verbs under `holdfast incidents`. */
export function incidentVerbs({ holdfast, terminal, exit, verb, of }: Making): void {
  const incidents = verb(holdfast, "incidents", "what was stopped that needs looking into, and the reports that are due", "holdfast incidents list");
  of(verb(incidents, "list", "all of them, the newest first; exit code 100 while one is open or a report is late", "holdfast incidents list --json")).action(
    async (flags) => exit(await (await import("./verbs/incidents.ts")).list(terminal, flags)),
  );
  of(verb(incidents, "show", "its decisions, its clocks, and what was done about it", "holdfast incidents show IN-3"))
    .argument("<incident>", "as `holdfast incidents list` says")
    .action(async (id, flags) => exit(await (await import("./verbs/incidents.ts")).show(terminal, id, flags)));
}
