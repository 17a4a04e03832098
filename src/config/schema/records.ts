import { z } from "zod";
import { asSource, constant, otherTool, pointer, written } from "./sources.ts";
import { askDeadline } from "./values.ts";

const argument = z.union([z.strictObject({ from: z.literal("args"), path: pointer }), written, constant]).transform(asSource);

export const records = z
  .strictObject({
    call: otherTool
      .exactOptional()
      .describe(
        "The tool that counts. It must be declared to read and to leave nothing out of the house (`effect: read`, `egress: false`), and its server must have an address or a command here.",
      ),
    args: z
      .record(z.string().min(1).max(100), argument)
      .exactOptional()
      .describe("Its arguments: constants, or where they stand in what was asked for. Left out: the same as those of the call."),
    dry_run: z
      .record(z.string().min(1).max(100), constant)
      .refine((given) => Object.keys(given).length > 0, "what makes it a dry run is at least one argument")
      .exactOptional()
      .describe(
        "In place of `call`: the tool itself, with its own arguments and these, which its definition must know, such as `{ dry_run: true }`. You say by this that it then only reads.",
      ),
    count: z
      .strictObject({ from: z.enum(["result", "text"]), path: pointer })
      .describe("Where in the answer the number stands, or a list whose length it is. `text`: in the text of the answer, read as JSON."),
    timeout: askDeadline.prefault("800ms").describe("How long it may take; less than `deadlines.decide`. What is late counts as the most there is."),
  })
  .refine((given) => (given.call === undefined) !== (given.dry_run === undefined), "what counts is either `call` or `dry_run`")
  .refine(({ args, dry_run: dry }) => args === undefined || dry === undefined, { path: ["args"], message: "a dry run has the arguments of the call itself" })
  .transform(({ call, args, dry_run: dry, ...rest }) =>
    dry === undefined ? { ...rest, call: call as string, ...(args === undefined ? {} : { args }) } : { ...rest, dry_run: dry },
  )
  .describe(
    "How the records that a call would change are counted before it is decided about (`act.records`). What cannot be counted counts as the most there is.",
  );
