import { createHmac } from "node:crypto";
import type { Clock } from "../../core/layers.ts";
import type { Channel, Notice, Sent } from "./channel.ts";
import { lineOf, missedIn, testIn, type Wording } from "./words.ts";

/** An address that is told of questions. */
export interface Webhook {
  readonly url: string;
  /** Signs what is sent (standardwebhooks.com). */
  readonly secret?: () => string;
  /** `text`: lines of text, as Slack, Mattermost and Teams take them. */
  readonly format: "json" | "text";
}

export interface WebhookOptions {
  readonly wording: Wording;
  readonly clock: Pick<Clock, "now">;
  /** POSTs, follows no redirect, and resolves with the status; rejects where nothing answered in time. */
  readonly post: (url: string, headers: { readonly [name: string]: string }, body: string) => Promise<number>;
}

/** A program is told of one thing at a time, so that it need not take a list apart. */
export function webhookChannel(hook: Webhook, { wording, clock, post }: WebhookOptions): Channel {
  return {
    key: `${hook.format} ${hook.url}`,
    host: new URL(hook.url).host,
    reader: hook.format === "json" ? "program" : "person",
    answers: true,
    isFor: () => true,
    async send(notice) {
      const body = hook.format === "json" ? jsonOf(notice, wording.link, clock.now()) : textOf(notice, wording);
      return sentOf(await post(hook.url, headersOf(hook, notice.id, body, clock.now()), body));
    },
  };
}

/** An address of an agent's own, which is told that a question of that agent was answered: who waits need not look again and again. */
export interface Callback {
  readonly agent: string;
  readonly url: string;
  readonly secret: () => string;
}

/** It is told which ticket, and no more than the ticket itself says to the agent that has it. */
export function callbackChannel({ agent, url, secret }: Callback, { clock, post }: Pick<WebhookOptions, "clock" | "post">): Channel {
  return {
    key: `callback ${agent} ${url}`,
    host: new URL(url).host,
    reader: "program",
    answers: true,
    // INVARIANT: no agent hears of a planted question, nor of another's.
    isFor: ({ bound, control, state }) => state !== "pending" && control !== true && bound.principal.agent === agent,
    async send({ id, news: [one] }) {
      const now = clock.now();
      const ticket = one?.approval.id ?? "";
      const data = { ticket, state: one?.state, location: `/api/v1/tickets/${ticket}` };
      const body = JSON.stringify({ type: "ticket.answered", timestamp: new Date(now).toISOString(), data });
      return sentOf(await post(url, headersOf({ secret }, id, body, now), body));
    },
  };
}

export function sentOf(status: number): Sent {
  if (status < 300) return { is: "taken" };
  // A receiver that says the request itself is wrong says the same to the next.
  return { is: status >= 400 && status < 500 && status !== 408 && status !== 429 ? "refused" : "later", status };
}

function textOf({ news, missed, test }: Notice, wording: Wording): string {
  return JSON.stringify({ text: [...testIn(test, wording), ...news.map((one) => lineOf(one, wording)), ...missedIn(missed, wording)].join("\n") });
}

function jsonOf({ news: [news], test }: Notice, link: Wording["link"], now: number): string {
  if (test !== undefined) return JSON.stringify({ type: "test", timestamp: new Date(now).toISOString(), data: { by: test } });
  if (news === undefined) return "{}";
  const { id, bound, reasons, asked, expires, escalated } = news.approval;
  const data = {
    id,
    state: news.state,
    agent: bound.principal.agent,
    tool: bound.action.tool ?? bound.action.type,
    reasons: reasons.map((reason) => reason.id),
    ...(escalated === undefined ? {} : { escalated }),
    expires_at: new Date(expires).toISOString(),
    url: link(id),
  };
  return JSON.stringify({ type: `approval.${news.state}`, timestamp: new Date(asked).toISOString(), data });
}

export function headersOf({ secret }: Pick<Webhook, "secret">, id: string, body: string, now: number): { readonly [name: string]: string } {
  const timestamp = String(Math.floor(now / 1000));
  const head = { "content-type": "application/json", "user-agent": "holdfast", "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === undefined) return head;
  const key = secret();
  const bytes = key.startsWith("whsec_") ? Buffer.from(key.slice(6), "base64") : Buffer.from(key);
  return { ...head, "webhook-signature": `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.${body}`).digest("base64")}` };
}
