import type { Making } from "./making.ts";

/** The verbs under `holdfast rollback`. */
export function rollbackVerbs({ holdfast, terminal, exit, verb, of, whole }: Making): void {
  const rollback = verb(holdfast, "rollback", "undo what a task did, by the calls that the configuration names", "holdfast rollback list");
  of(verb(rollback, "list", "tasks whose effects can be undone; exit code 100 if a rollback left something behind", "holdfast rollback list --json")).action(
    async (flags) => exit(await (await import("./verbs/rollback.ts")).list(terminal, flags)),
  );
  of(verb(rollback, "show", "every effect of a task, and how it is or was undone", "holdfast rollback show TK-3"))
    .argument("<task>", "as `holdfast rollback list` says")
    .action(async (id, flags) => exit(await (await import("./verbs/rollback.ts")).show(terminal, id, flags)));
  of(
    verb(
      rollback,
      "run",
      "undo it, from the last effect back, each at most once; exit code 100 if something is not undone",
      `holdfast rollback run TK-3 --reason "wrong customer"`,
    ),
  )
    .argument("<task>", "as `holdfast rollback list` says")
    .option("--from <step>", "undo this step and those after it, and leave those before", whole)
    .option("--dry-run", "show what would be called, and call nothing")
    .option("--reason <text>", "why; it is recorded with your name")
    .action(async (id, flags) => exit(await (await import("./verbs/rollback.ts")).run(terminal, id, flags)));

  of(verb(rollback, "settle", "say that you have looked at a step that a rollback left", `holdfast rollback settle TK-3 2 --reason "deleted by hand"`))
    .argument("<task>", "as `holdfast rollback list` says")
    .argument("<step>", "its number", whole)
    .requiredOption("--reason <text>", "what you found; it is recorded with your name")
    .action(async (id, step, flags) => exit(await (await import("./verbs/rollback.ts")).settle(terminal, id, step, flags)));
}
