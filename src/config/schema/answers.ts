import { z } from "zod";
import { ANSWER_SINKS, SINK_ACTIONS } from "../../core/sink.ts";
import { askDeadline, oneModel, rate } from "./values.ts";

/** Whether what was declared is demanded. */
export const checking = z.enum(["off", "monitor", "enforce"]);
const acting = z.enum(["off", "report", "mask", "block"]).prefault("report");

export const schema = checking
  .prefault("monitor")
  .describe(
    "Whether an answer must have the form that its request declares (`response_format`, `output_config.format`). `enforce` holds a stream until it is whole.",
  );

export const grounding = z
  .strictObject({
    action: z.enum(["off", "report", "block"]).prefault("report").describe("`block` holds a stream until it is whole."),
    least: z.number().min(0).max(1).prefault(0.5).describe("An answer with a lower score is withheld, or said to be one that would have been."),
  })
  .describe("Addresses, amounts, dates, ids, quotations, numbers and names in an answer that stand nowhere in what the model was given.");

export const conduct = z
  .strictObject({
    commitment: acting.describe("Promises that bind: refunds, discounts, guarantees, liability."),
    legal: acting.describe("Legal advice on the reader's own case."),
    medical: acting.describe("Medical advice to the reader."),
    financial: acting.describe("Advice on what to do with one's money."),
    inappropriate: acting.describe("Insults, threats and obscenities."),
  })
  .describe("What happens where an answer says what it should not.");

export const sink = z
  .strictObject({
    kind: z
      .enum(ANSWER_SINKS)
      .prefault("text")
      .describe(
        "What makes something of an answer: a page (`html`), a renderer of Markdown, a terminal, a script in a page that holds it as JSON, or nothing (`text`).",
      ),
    action: z
      .enum(SINK_ACTIONS)
      .prefault("report")
      .describe("What happens to what would run there: it is put on record, it becomes text (`escape`), or the answer ends before it (`block`)."),
  })
  .describe("Where answers go.");

const word = z
  .string()
  .min(3, "a word of a topic has at least three characters")
  .max(60)
  .regex(/^[\p{L}\p{N}]/u, "a word begins with a letter or a digit");

export const scope = z
  .strictObject({
    topics: z
      .record(z.string().min(1).max(60), z.array(word).min(1).max(100))
      .refine((topics) => Object.values(topics).flat().length <= 400, "at most 400 words in all topics")
      .prefault({})
      .describe("What agents are there to talk about: topics, each with the beginnings of the words that it is spoken of with. None: everything is in scope."),
    action: z
      .enum(["report", "block"])
      .prefault("report")
      .describe("What follows where an answer has none of these words. `block` holds a stream until it is whole."),
    words: z.int().min(1).max(1_000).prefault(30).describe("An answer of fewer words may be about anything."),
  })
  .describe("What answers may be about.");

export const judge = z
  .strictObject({
    model: oneModel.describe("The model that judges, at a configured upstream."),
    looks_for: z
      .array(z.enum(["inappropriate", "out-of-scope", "commitment", "legal-advice", "medical-advice", "financial-advice"]))
      .min(1)
      .prefault(["inappropriate", "commitment", "legal-advice", "medical-advice", "financial-advice"]),
    about: z.string().max(1_000).prefault("").describe("What the assistant is there for, in a few words: for `out-of-scope`."),
    action: z.enum(["report", "block"]).prefault("report").describe("`block` holds a stream until the model has answered."),
    deadline: askDeadline.prefault("5s").describe("How long it may take."),
    calls: rate.prefault("60/min").describe("How often it is asked, over all agents."),
    failing: z
      .enum(["found", "rules"])
      .prefault("found")
      .describe("What follows where it is late, broken or has no calls left: as if it had found something, or what the rules alone said."),
  })
  .refine(({ looks_for, about }) => !looks_for.includes("out-of-scope") || about !== "", { path: ["about"], message: "`out-of-scope` needs `about`" })
  .describe("A model that is asked about each whole answer. It can only make the outcome stricter.");
