import { z } from "zod";
import * as answers from "./answers.ts";
import { duration, namedHost, size } from "./values.ts";

/** What follows from something found in what comes in. */
export const looked = z.enum(["report", "ask", "deny"]);

export const input = z
  .strictObject({
    injection: looked.prefault("report").describe("Text that tries to give the model orders."),
    smuggling: looked.prefault("report").describe("Characters that people cannot see."),
    credential: looked.prefault("report"),
    personal: looked.prefault("report"),
    name: looked.prefault("report").describe("Names of persons, where `detectors.names` looks for them."),
    financial: looked.prefault("report"),
    internal: looked.prefault("report"),
    content: looked.prefault("report"),
    length: size.prefault("2mb").describe("The longest single text that is accepted."),
  })
  .describe("What follows when something is found in what comes in.");

/** What happens to something found in what goes out. */
export const out = z.enum(["report", "mask", "block"]);
const leaving = (smuggling: "mask" | "report") =>
  z.strictObject({
    injection: out.prefault("report"),
    smuggling: out.prefault(smuggling),
    credential: out.prefault("mask"),
    personal: out.prefault("report"),
    name: out.prefault("report"),
    financial: out.prefault("mask"),
    internal: out.prefault("report"),
    content: out.prefault("report"),
  });

/** What happens to something found on its way to a model's provider. */
export const unseen = z.enum(["report", "mask", "pseudonym"]);
const shown = unseen.prefault("report");

const carrying = (data: "mask" | "report") => z.strictObject({ data: out.prefault(data), plain: out.prefault("report") }).prefault({});

const links = z
  .strictObject({
    hosts: z
      .array(namedHost)
      .prefault([])
      .describe("Hosts that are known, whoever names them. The others are known where the user or the operator names them."),
    images: carrying("mask").describe(
      "What a reader's program loads by itself (images, styles, frames) from a host that is not known, with data in its address or without.",
    ),
    links: carrying("report").describe("What a person would have to follow."),
  })
  .describe("Addresses in what a model says.");

export const output = z
  .strictObject({
    models: z
      .strictObject({ credential: shown, personal: shown, name: shown, financial: shown, internal: shown })
      .prefault({})
      .describe("What happens to what a request says on its way to a model's provider. A `pseudonym` is exchanged for the value again in the answer."),
    links: links.prefault({}),
    canary: z
      .boolean()
      .prefault(false)
      .describe("Puts a random marker into each system prompt on its way to the model. An answer in which it stands is withheld from there on."),
    system_prompt: z
      .strictObject({
        action: out.prefault("report"),
        words: z.int().min(5).max(50).prefault(12).describe("How many words in a row are a repetition. A shorter prompt counts as a whole."),
      })
      .prefault({})
      .describe("What happens where an answer repeats the operator's words."),
    reasoning: z
      .enum(["keep", "drop"])
      .prefault("keep")
      .describe("Whether clients of the LLM gateway get what the model thought. It is filtered and recorded either way."),
    sink: answers.sink.prefault({}),
    schema: answers.schema,
    grounding: answers.grounding.prefault({}),
    conduct: answers.conduct.prefault({}),
    scope: answers.scope.prefault({}),
    judge: answers.judge.exactOptional(),
    text: leaving("mask").prefault({}).describe("What happens to text on its way to a reader."),
    // An account number that the caller sent itself stays in the arguments: a masked one would pay somebody else.
    arguments: leaving("report").prefault({}).describe("What happens to the arguments of a tool call. Financial numbers that stand in the request stay."),
  })
  .describe("What happens when something is found in what goes out.");

export const audit = z
  .strictObject({
    origin: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,127}$/, "an origin is a short name such as `holdfast.example.org/log`")
      .prefault("holdfast/local")
      .describe("The log's name in its checkpoints."),
    checkpoint: duration.prefault("60s").describe("How often a signed checkpoint is made while records arrive."),
    content: z
      .enum(["masked", "none"])
      .prefault("masked")
      .describe("Whether records hold what was said, with everything found in it masked, or no text at all."),
  })
  .describe("The audit log.");

export const deadlines = z
  .strictObject({
    inspect: duration.prefault("2s").describe("How long inspecting a request may take."),
    decide: duration.prefault("1s").describe("How long the permission layer may take."),
    record: duration.prefault("5s").describe("How long the log may take to promise a record."),
  })
  .describe("How long each layer may think. What is late is denied.");
