import { z } from "zod";
import { placesIn } from "../../core/places.ts";
import { duration, secret } from "./values.ts";

const LONGEST_MS = 10 * 60_000;
const name = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "an argument's name is letters, digits, `_` and `-`");

/** A tool that is a command of the operator's, run in its server's sandbox. */
export const command = z
  .strictObject({
    run: z
      .array(z.string().min(1).max(4_096))
      .min(1, "a command needs at least its program")
      .max(200)
      .refine(([program = ""]) => placesIn(program).length === 0, "which program runs is not for an argument to say")
      .describe(
        "The program and its words. `{name}` is the place of an argument, which stays within its word; a word whose argument is missing is left out, and a list makes one word of each item. No shell reads it.",
      ),
    description: z.string().min(1).max(4_000).describe("What it does, for the model that is offered it."),
    properties: z.record(name, z.record(z.string(), z.json())).prefault({}).describe("Its arguments, each with its JSON Schema."),
    required: z.array(name).exactOptional().describe("Those of them that must be there. Left out: all."),
    stdin: name.exactOptional().describe("The argument that it reads from its standard input. Left out: it has none."),
    env: z.record(z.string().min(1), secret).prefault({}).describe("Its environment, besides `PATH`, `HOME` and `TMPDIR`."),
    timeout: duration
      .prefault("30s")
      .refine((ms) => ms >= 100 && ms <= LONGEST_MS, "from `100ms` to `10m`")
      .describe("How long it may run."),
  })
  .superRefine(({ run, properties, required = [], stdin }, context) => {
    const wanted = [...placesIn(run).map((named) => ["run", named] as const), ...(stdin === undefined ? [] : [["stdin", stdin] as const])];
    for (const [at, named] of [...wanted, ...required.map((one) => ["required", one] as const)])
      if (!Object.hasOwn(properties, named)) context.addIssue({ code: "custom", path: [at], message: `\`${named}\` is not among its \`properties\`` });
  })
  .describe("A command that the tool runs, for each call anew, in the `sandbox` of its server.");
