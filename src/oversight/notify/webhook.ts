import { createHmac } from "node:crypto";
import type { Clock } from "../../core/layers.ts";
import type { Approval, State } from "../approval.ts";
import type { Inbox } from "../inbox.ts";

/** An address that is told of questions. What it is told holds a link and no argument: who may see those logs in at the console. */
export interface Webhook {
  readonly url: string;
  /** Signs what is sent (standardwebhooks.com). */
  readonly secret?: () => string;
  /** `text`: one line of text, as Slack, Mattermost and Teams take it. */
  readonly format: "json" | "text";
}

export interface WebhookOptions {
  readonly hooks: () => readonly Webhook[];
  /** Where a person answers. */
  readonly link: (ticket: string) => string;
  readonly clock: Clock;
  /** POSTs, follows no redirect, and resolves with the status; rejects where nothing answered in time. */
  readonly post: (url: string, headers: { readonly [name: string]: string }, body: string) => Promise<number>;
  /** Told when an address was given up on. */
  readonly failed: (facts: { readonly host: string; readonly status?: number }) => void;
}

/** Waits between tries, in milliseconds. */
const WAITS = [1_000, 5_000, 30_000, 120_000, 600_000];
const MOST_UNDER_WAY = 1_000;

/**
 * Tells webhooks of every question and of every answer. Each is sent until it is taken or given up on, under an id that stays the same, so
 * that a receiver can tell a repetition. What waits at the start is told again: a restart loses no question.
 */
export function webhooks(inbox: Pick<Inbox, "follow" | "list" | "stateOf">, { hooks, link, clock, post, failed }: WebhookOptions): { shut(): void } {
  const timers = new Set<() => void>();
  const told = new Set<string>();
  let stopped = false;

  function tell(approval: Approval): void {
    const state = inbox.stateOf(approval);
    const id = `${approval.id}-${state}`;
    // Approving in part changes nothing that anybody has to know; how it was used is for the log.
    if (!TOLD.has(state) || told.has(id)) return;
    if (told.size >= MOST_UNDER_WAY) told.clear();
    told.add(id);
    for (const hook of hooks()) void send(hook, id, approval, state, 0);
  }

  async function send(hook: Webhook, id: string, approval: Approval, state: State, tries: number): Promise<void> {
    const body = bodyOf(hook, approval, state, link(approval.id));
    const status = await post(hook.url, headersOf(hook, id, body, clock.now()), body).catch(() => undefined);
    const wait = WAITS[tries];
    if (stopped || (status !== undefined && status < 300)) return;
    // A receiver that says the request itself is wrong says the same to the next.
    const final = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (final || wait === undefined) return failed({ host: new URL(hook.url).host, ...(status === undefined ? {} : { status }) });
    const cancel = clock.timer(wait, () => {
      timers.delete(cancel);
      void send(hook, id, approval, state, tries + 1);
    });
    timers.add(cancel);
  }

  const stop = inbox.follow(tell);
  void inbox.list(MOST_UNDER_WAY).then(
    (all) => void all.filter((approval) => inbox.stateOf(approval) === "pending").forEach(tell),
    () => {},
  );
  return {
    shut() {
      stopped = true;
      stop();
      for (const cancel of timers) cancel();
    },
  };
}

const TOLD: ReadonlySet<State> = new Set(["pending", "approved", "rejected"]);

function bodyOf({ format }: Webhook, { id, bound, reasons, asked, expires }: Approval, state: State, url: string): string {
  const { agent } = bound.principal;
  const what = bound.action.tool ?? bound.action.type;
  const until = new Date(expires).toISOString();
  if (format === "text") {
    const text = state === "pending" ? `${id}: agent ${plain(agent)} asks to use ${plain(what)}. Until ${until}: ${url}` : `${id} is ${state}: ${url}`;
    return JSON.stringify({ text });
  }
  const data = { id, state, agent, tool: what, reasons: reasons.map((reason) => reason.id), expires_at: until, url };
  return JSON.stringify({ type: `approval.${state}`, timestamp: new Date(asked).toISOString(), data });
}

/** Names come from clients: in a chat message one could be a link, a mention or a line of its own. */
const plain = (text: string): string => text.replace(/[^\w.-]/g, "_").slice(0, 100);

function headersOf({ secret }: Webhook, id: string, body: string, now: number): { readonly [name: string]: string } {
  const timestamp = String(Math.floor(now / 1000));
  const head = { "content-type": "application/json", "user-agent": "holdfast", "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === undefined) return head;
  const key = secret();
  const bytes = key.startsWith("whsec_") ? Buffer.from(key.slice(6), "base64") : Buffer.from(key);
  return { ...head, "webhook-signature": `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.${body}`).digest("base64")}` };
}
