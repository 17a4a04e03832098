import { z } from "zod";
import { LOCAL_OPERATOR } from "../../core/local-operator.ts";
import { duration, lasting, name, secret, url } from "./values.ts";

const SHORTEST_TOKEN = 32;
const LONGEST_HOLD_MS = 10 * 60_000;

export const person = z
  .strictObject({
    roles: z.array(name).prefault([]).describe("What the person may answer: rules name these roles as `approvers`."),
    user: z
      .string()
      .min(1)
      .max(256)
      .exactOptional()
      .describe("The person as agents' keys name them, where that is not the name here. What is asked for a user is not approved by that user."),
    token: secret
      .refine((given) => given.reveal().length >= SHORTEST_TOKEN, `a token has at least ${SHORTEST_TOKEN} characters`)
      .exactOptional()
      .describe("What the person shows to the API and the command line, by a reference to the environment or a file. Without one, nobody can act as them."),
  })
  .describe("Someone who answers what agents ask.");

export const people = z
  .record(name, person)
  .refine((given) => !Object.hasOwn(given, LOCAL_OPERATOR), "`operator` is whoever runs Holdfast on this machine; name the person")
  .prefault({});

const share = z.number().min(0).max(1);

const promotion = z
  .strictObject({
    agreement: share.prefault(0.95).describe("Of its calls that people answered, the share that they approved as it was."),
    decisions: z.int().min(1).max(100_000).prefault(50).describe("How many answers that rests on at least."),
    errors: share.prefault(0.02).describe("Of its writes, the share that may have failed."),
    calls: z.int().min(1).max(1_000_000).prefault(50).describe("How many writes that rests on at least."),
    quiet: duration.prefault("7d").describe("How long there was no incident."),
    stay: duration.prefault("7d").describe("How long it has been in its phase."),
  })
  .describe("What an agent has to show before a looser phase is proposed. A person takes the step.");

export const oversight = z
  .strictObject({
    hold: duration
      .refine((ms) => ms <= LONGEST_HOLD_MS, "at most `10m`")
      .prefault("0s")
      .describe(
        "How long a request waits for the answer before its agent is told that it is waiting. Clients have their own patience: most give up after a minute.",
      ),
    expires: lasting.prefault("1h").describe("How long a question stays open, and an approval is good. What was not answered by then is denied."),
    webhooks: z
      .array(
        z.strictObject({
          url: url.describe("Where questions and answers are told: a link to the console, and no argument."),
          secret: secret.exactOptional().describe("Signs what is sent, as standardwebhooks.com says."),
          format: z.enum(["json", "text"]).prefault("json").describe("`text`: one line, as Slack, Mattermost and Teams take it."),
        }),
      )
      .max(10)
      .prefault([]),
    promotion: promotion.prefault({}),
    attention: z
      .strictObject({
        share: share.prefault(0.95).describe("Who approves a larger share than this,"),
        within: duration.prefault("5s").describe("in less time than this (the median of the last answers),"),
        last: z.int().min(5).max(500).prefault(20).describe("over so many answers, is warned, and their answers are no evidence for a looser phase."),
      })
      .prefault({})
      .describe("When people are told that they seem to approve without looking."),
    controls: share
      .refine((given) => given <= 0.5, "at most `0.5`")
      .prefault(0)
      .describe(
        "The share of questions that is followed by a planted one which nobody should approve. Nothing comes of it, and it is told apart right after the answer. 0: none.",
      ),
    keep: duration.prefault("30d").describe("How long answered questions are kept, with all that was asked, beside the log."),
  })
  .describe("How people are asked.");
