import { request } from "undici";
import type { Config } from "../../config/index.ts";
import { codeOf } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";
import {
  type Channel,
  callbackChannel,
  concerns,
  escalations,
  type Inbox,
  isForChat,
  mailChannel,
  slackChannel,
  telling,
  type Wording,
  webhookChannel,
} from "../../oversight/index.ts";
import type { Log } from "../../telemetry/log.ts";
import { holders, personOf } from "./people.ts";
import { sendMail } from "./smtp.ts";

const WEBHOOK_MS = 10_000;

export interface TellingParts {
  readonly config: () => Config;
  /** The digest of what is in force. */
  readonly policy: () => string;
  readonly link: (ticket: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells people and programs what waits for an answer, and lets others answer what nobody did. */
export function tellPeople(inbox: Inbox, { config, policy, link, clock, log }: TellingParts): { shut(): void } {
  const told = telling(inbox, {
    channels: () => [...channelsOf(config(), link, clock, policy), ...callbacksOf(config(), clock)],
    pace: () => {
      const { oversight, timezone } = config();
      return { digest: oversight.digest, zone: timezone, ...(oversight.quiet === undefined ? {} : { quiet: oversight.quiet }) };
    },
    clock,
    failed: (facts) => log.warn(facts, "what waits for an answer could not be told there"),
  });
  const escalated = escalations(inbox, {
    steps: () => config().oversight.escalate,
    clock,
    failed: (error) => log.warn({ code: codeOf(error) }, "a question could not be escalated"),
  });
  return {
    shut() {
      told.shut();
      escalated.shut();
    },
  };
}

/** `policy`: the digest of what is in force. */
export function channelsOf(config: Config, link: Wording["link"], clock: Clock, policy: () => string): readonly Channel[] {
  const { oversight, people, timezone } = config;
  const wording: Wording = { language: oversight.language, zone: timezone, link };
  const hooks = oversight.webhooks.map(({ url, format, secret }) => {
    const hook = { url, ...(secret === undefined ? {} : { secret: () => secret.reveal() }) };
    if (format !== "slack") return webhookChannel({ ...hook, format }, { wording, clock, post });
    return slackChannel(hook, { wording, clock, post, mayAnswer: (approval) => isForChat(approval, "slack", policy()) });
  });
  const { mail } = oversight;
  if (mail === undefined) return hooks;
  const common = { host: new URL(mail.server).host, wording, post: (letter: Parameters<typeof sendMail>[1]) => sendMail(mail, letter) };
  const all = mail.to.map((to) => mailChannel({ ...common, to, isFor: () => true }));
  const each = Object.entries(people).flatMap(([name, { mail: to }]) => {
    if (to === undefined || mail.to.includes(to)) return [];
    const person = personOf(config, name);
    return [mailChannel({ ...common, to, isFor: (approval) => concerns(approval, person, (role) => holders(config, role)) })];
  });
  return [...hooks, ...all, ...each];
}

/** Where agents are told that what they asked was answered. An address stands in the configuration: none comes from a caller. */
function callbacksOf({ agents }: Config, clock: Clock): readonly Channel[] {
  return Object.entries(agents).flatMap(([agent, { callbacks }]) =>
    callbacks.map(({ url, secret }) => callbackChannel({ agent, url, secret: () => secret.reveal() }, { clock, post })),
  );
}

/** Tells one person in Slack what came of what they did. */
export async function replyInSlack(url: string, body: object): Promise<void> {
  await post(url, { "content-type": "application/json", "user-agent": "holdfast" }, JSON.stringify(body));
}

async function post(url: string, headers: { readonly [name: string]: string }, body: string): Promise<number> {
  const { statusCode, body: answer } = await request(url, { method: "POST", headers, body, headersTimeout: WEBHOOK_MS, bodyTimeout: WEBHOOK_MS });
  await answer.dump();
  return statusCode;
}
