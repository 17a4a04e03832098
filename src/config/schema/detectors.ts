import { z } from "zod";
import { SOURCES } from "../../core/content.ts";
import { FINDING_KINDS } from "../../core/detector.ts";
import { looked, out, unseen } from "./guards.ts";
import { duration } from "./values.ts";

const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "an id is lower-case words joined by dashes, such as `project-names`")
  .max(64);
const texts = z.array(z.string().min(1).max(2_000)).max(100).prefault([]);
const expression = z.string().min(1).max(1_000, "a pattern is at most 1000 characters");

const ownRule = z
  .strictObject({
    id: id.describe("Permanent: it names the rule in every record and every mask."),
    kind: z
      .enum(FINDING_KINDS)
      .prefault("internal")
      .describe("What it finds. What follows is what follows from every finding of this kind, unless the rule says otherwise."),
    words: z
      .array(
        z
          .string()
          .min(2, "a word has at least two characters")
          .max(100)
          .regex(/[\p{L}\p{N}]/u, "a word has a letter or a digit"),
      )
      .max(1_000)
      .exactOptional()
      .describe(
        "Words and names, found as whole words in any case, with or without umlauts and accents; between two words also a dash, an underscore, a line break.",
      ),
    hosts: z
      .array(
        z
          .string()
          .max(253)
          .regex(
            /^(?:\*\.)?[A-Za-z0-9_\u00c0-\u024f-]{1,63}(?:\.[A-Za-z0-9_\u00c0-\u024f-]{1,63})*$/,
            "expected a host such as `build.corp.example`, or `*.corp.example` for all below it",
          ),
      )
      .max(500)
      .exactOptional()
      .describe("Hosts. `*.corp.example` is every host below `corp.example`, not that one itself."),
    pattern: expression
      .exactOptional()
      .describe("A regular expression in any case, with at most 200 characters to match: no `*`, no `+`, no looking around; `\\b` is the edge of a word."),
    input: looked.exactOptional().describe("What follows where it comes in, whatever its kind does."),
    text: out.exactOptional().describe("What happens to it on the way to a reader, whatever its kind does."),
    arguments: out.exactOptional().describe("What happens to it in the arguments of a tool call, whatever its kind does."),
    models: unseen.exactOptional().describe("What happens to it on the way to a model's provider, whatever its kind does."),
    examples: z
      .strictObject({ hit: texts.describe("Texts in which the rule must find something."), miss: texts.describe("Texts in which it must find nothing.") })
      .prefault({})
      .describe("Tried by `holdfast check` and at every reload. A configuration whose examples fail is refused."),
  })
  .refine(
    ({ words, hosts, pattern }) => [words, hosts, pattern].some((one) => one !== undefined && one.length > 0),
    "a rule has `words`, `hosts` or a `pattern`",
  )
  .refine(({ pattern, examples }) => pattern === undefined || examples.hit.length > 0, "a `pattern` needs at least one example under `examples.hit`");

const allowance = z
  .strictObject({
    id: id.describe("Permanent: the record names it where something was let go."),
    detector: id.exactOptional().describe("The detector whose findings it lets go."),
    kind: z
      .enum(["credential", "personal", "name", "financial", "internal"])
      .exactOptional()
      .describe("Or the kind. Orders to a model and invisible text cannot be allowed."),
    sources: z.array(z.enum(SOURCES)).min(1).exactOptional().describe("Only in what these said. Left out: whoever said it."),
    values: z.array(z.string().min(1).max(2_000)).max(1_000).exactOptional().describe("Exactly these, letter for letter."),
    pattern: expression.exactOptional().describe("What matches from its first to its last character, in this case; written as in a rule of `own`."),
  })
  .refine(({ detector, kind }) => (detector === undefined) !== (kind === undefined), "an allowance names either a `detector` or a `kind`")
  .refine(({ values, pattern }) => (values?.length ?? 0) > 0 || pattern !== undefined, "an allowance has `values` or a `pattern`");

const folder = z.string().refine((path) => /^(?:\/|[A-Za-z]:[\\/])/.test(path), "expected an absolute path");
const probability = z.number().min(0).max(1);

const model = z
  .strictObject({
    directory: folder.describe("The model's folder: `config.json`, `tokenizer.json`, `onnx/model.onnx`. Nothing is ever fetched."),
    runtime: folder.describe("The folder in which `npm install --ignore-scripts @huggingface/transformers` was run. Its code runs in Holdfast's process."),
    label: z.string().min(1).max(64).prefault("INJECTION").describe("Which of the model's classes is an attack."),
    from: probability.prefault(0.3).describe("The probability from which on the classifier that ships is unsure enough to ask."),
    at: probability.prefault(0.5).describe("The model's probability from which on there is a finding."),
    deadline: duration.prefault("500ms").describe("How long a request waits for its answer."),
    missing: looked.prefault("report").describe("What follows where it gave no answer in time."),
  })
  .describe("A larger model of your own for orders to a model, asked only where the classifier that ships is unsure. It can add findings and take none away.");

export const detectors = z
  .strictObject({
    names: z
      .boolean()
      .prefault(false)
      .describe(
        "Looks for names of persons, English and German, with a trained tagger. What follows is `name` under `input` and `output`: a report, where nothing is said.",
      ),
    model: model.exactOptional(),
    own: z.array(ownRule).max(200).prefault([]).describe("What is to be found beside what ships: internal names, hosts, numbers."),
    allow: z
      .array(allowance)
      .max(200)
      .prefault([])
      .describe("What is no finding: example keys, public addresses, test cards. The whole finding must be what is allowed."),
  })
  .describe("What is looked for.");
