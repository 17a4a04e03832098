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
    mail: z.email().exactOptional().describe("Where the person is told of what they may answer, with `oversight.mail`."),
    login: z
      .string()
      .min(1, "a login is not empty; leave it out for who does not sign in")
      .max(256)
      .exactOptional()
      .describe("Who the person is at the sign-in provider, with `server.sign_in`: what its `claim` says."),
    slack: z
      .string()
      .regex(/^[TE][A-Z0-9]{2,30}\/[UW][A-Z0-9]{2,30}$/, "expected workspace and member of Slack, such as `T0123ABCD/U0123ABCD`")
      .exactOptional()
      .describe("Who the person is in Slack, workspace and member: they answer there what rules let be answered there (`in_chat`)."),
    token: secret
      .refine((given) => given.reveal().length >= SHORTEST_TOKEN, `a token has at least ${SHORTEST_TOKEN} characters`)
      .exactOptional()
      .describe(
        "What the person shows to the API and the command line, by a reference to the environment or a file. Without one, and without `login`, nobody can act as them.",
      ),
  })
  .describe("Someone who answers what agents ask.");

export const people = z
  .record(name, person)
  .refine((given) => !Object.hasOwn(given, LOCAL_OPERATOR), "`operator` is whoever runs Holdfast on this machine; name the person")
  .prefault({});

const share = z.number().min(0).max(1);

/** `20:00`, in minutes since midnight once read. */
const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as `07:30`")
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const quiet = z
  .strictObject({
    from: timeOfDay.exactOptional().describe("When it begins, in `timezone`,"),
    until: timeOfDay.exactOptional().describe("and when it ends, perhaps on the next day."),
    days: z
      .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
      .prefault([])
      .describe("Days that are quiet from midnight to midnight."),
    through: z.array(z.string().min(1).max(100)).max(100).prefault([]).describe("Ids of rules whose questions are told at once nevertheless."),
  })
  .refine(({ from, until }) => (from === undefined) === (until === undefined), "`from` and `until` belong together")
  .refine(({ from, until, days }) => (from !== until && from !== undefined) || days.length > 0, "say when it is quiet: `from` and another `until`, or `days`")
  .describe("When people are not told. What waits is told when it is over; a question whose time passes meanwhile is denied.");

const mail = z
  .strictObject({
    server: z
      .string()
      .regex(
        /^smtps?:\/\/(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,45}\])(?::\d{1,5})?$/,
        "expected a mail server such as `smtps://smtp.example.com` or `smtp://smtp.example.com:587`",
      )
      .describe("`smtps`: TLS from the first byte. `smtp`: STARTTLS, without which nothing is sent but to this machine itself."),
    user: z.string().min(1).max(256).exactOptional(),
    password: secret.exactOptional().describe("By a reference to the environment or a file."),
    from: z.email().describe("Whose mail it is."),
    to: z.array(z.email()).max(20).prefault([]).describe("Who is told of every question. People with a `mail` of their own are told of what they may answer."),
    ca: z
      .string()
      .min(1)
      .exactOptional()
      .describe("Certificates (PEM) of whoever vouches for the server, by a reference to a file. Left out: those that Node knows."),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), "`user` and `password` belong together")
  .describe("Questions by mail: a link to the console, and no argument.");

const LEAST_ESCALATION_MS = 60_000;
const LONGEST_DIGEST_MS = 86_400_000;

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
        z
          .strictObject({
            url: url.describe("Where questions and answers are told: a link to the console, and no argument but of what may be answered there."),
            secret: secret.exactOptional().describe("Signs what is sent, as standardwebhooks.com says."),
            format: z
              .enum(["json", "text", "slack"])
              .prefault("json")
              .describe("`text`: one line, as Slack, Mattermost and Teams take it. `slack`: the same, with buttons where a rule says `in_chat: [slack]`."),
            signing_secret: secret
              .exactOptional()
              .describe("Of the Slack app that the address belongs to: what it signs with where a button is pressed, at `/slack/interactions` here."),
          })
          .refine(({ format, signing_secret: signed }) => (format === "slack") === (signed !== undefined), {
            message: "`signing_secret` belongs to `format: slack`, which needs it",
            path: ["signing_secret"],
          }),
      )
      .max(10)
      .prefault([]),
    mail: mail.exactOptional(),
    language: z.enum(["en", "de"]).prefault("en").describe("In which language people are written to."),
    digest: duration
      .refine((ms) => ms <= LONGEST_DIGEST_MS, "at most `1d`")
      .prefault("0s")
      .describe("The least time between two messages to the same people; what comes in between is told together. `0s`: each question by itself."),
    quiet: quiet.exactOptional(),
    escalate: z
      .array(
        z.strictObject({
          after: lasting.refine((ms) => ms >= LEAST_ESCALATION_MS, "at least `1m`").describe("After how long,"),
          to: z.array(name).min(1, "name at least one role").max(10).describe("people with these roles may answer as well, and are told."),
        }),
      )
      .max(5)
      .prefault([])
      .describe("What becomes of a question that nobody answers. It widens who may answer, never how many have to."),
    step_up: z
      .enum(["off", "registered", "required"])
      .prefault("registered")
      .describe(
        "When a passkey has to sign what is done at the console: approving, resuming, promoting, rolling back. `registered`: of whoever has one. `required`: of everybody, and tokens (the command line, the API) do none of that. Pausing, demoting and rejecting never take one.",
      ),
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
    policy_editors: z
      .array(name)
      .max(10)
      .prefault([])
      .describe("People with these roles may save rules and tests from the console. Whoever runs Holdfast on this machine always may; left out: nobody else."),
    policy_approvals: z
      .int()
      .min(1)
      .max(2)
      .prefault(1)
      .describe("How many different people have to save the same draft at the console before it is written. `2`: the first one proposes it."),
    keep: duration.prefault("30d").describe("How long answered questions are kept, with all that was asked, beside the log."),
  })
  .describe("How people are asked.");
