import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { codeOf } from "../../core/errors.ts";
import { parseJsonText } from "../../core/json.ts";
import type { Clock } from "../../core/layers.ts";
import { readBody } from "../http/body.ts";
import type { Log } from "../http/observe.ts";
import { PROBLEM, Refusal } from "../http/refusal.ts";
import type { Exchange, Route } from "../http/routes.ts";

export const SLACK_PATH = "/slack/interactions";

/** A button that somebody pressed, as Slack says. */
export interface Click {
  /** Workspace and member: `T0123ABCD/U0123ABCD`. */
  readonly account: string;
  readonly action: "approve" | "reject";
  readonly ticket: string;
  /** Of what the button was made for. */
  readonly digest: string;
  /** What stood above the button, in which Slack may have written `&`, `<` and `>` as entities. */
  readonly shown: string;
}

export interface SlackOptions {
  /** The signing secrets of the apps whose buttons may answer; none: there is nothing here. Of the newest configuration. */
  readonly secrets: () => readonly string[];
  /** Carries it out as far as that is allowed, and says in words what came of it. */
  readonly click: (click: Click) => Promise<string>;
  /** Tells whoever pressed, at the address that Slack gave for it. Does not reject. */
  readonly reply: (address: string, text: string) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** A message with all its questions comes back with each press. */
const MOST_BYTES = 128 * 1024;
/** How far Slack's clock and ours may be apart, and how long a request is good. */
const FRESH_MS = 5 * 60_000;
const LIMITS = { bytes: MOST_BYTES, depth: 32, nodes: 20_000, keys: 5_000, string: MOST_BYTES };

/** Where Slack tells that somebody pressed a button. The signature is over the body, so the body is read first, up to a bound. */
export function slackRoute({ secrets, click, reply, clock, log }: SlackOptions): Route {
  /** Signatures that were taken, and until when they would be good. */
  const taken = new Map<string, number>();

  /** What the head says of a signature: whatever has none, or an old one, is refused before its body is read. */
  function signatureIn({ headers }: Exchange["request"]): { readonly stamp: string; readonly given: string } {
    const [stamp, given] = [headers["x-slack-request-timestamp"], headers["x-slack-signature"]];
    const isFormed = typeof stamp === "string" && /^\d{1,12}$/.test(stamp) && typeof given === "string" && /^v0=[0-9a-f]{64}$/.test(given);
    if (!isFormed || Math.abs(clock.now() - Number(stamp) * 1000) > FRESH_MS) throw new Refusal(401, "unauthenticated", UNSIGNED);
    return { stamp, given };
  }

  /** INVARIANT: what is not signed by Slack's own secret for this app, just now and once, is nobody's press. */
  function check({ stamp, given }: ReturnType<typeof signatureIn>, body: Buffer): void {
    const shown = Buffer.from(given.slice(3), "hex");
    const isSigned = secrets().map((secret) => timingSafeEqual(shown, createHmac("sha256", secret).update(`v0:${stamp}:`).update(body).digest()));
    if (!isSigned.includes(true)) throw new Refusal(401, "unauthenticated", UNSIGNED);
    const now = clock.now();
    for (const [signature, until] of taken) if (until < now) taken.delete(signature);
    if (taken.has(given)) throw new Refusal(401, "unauthenticated", "this was taken already");
    taken.set(given, Number(stamp) * 1000 + FRESH_MS);
  }

  return {
    method: "POST",
    path: SLACK_PATH,
    wording: PROBLEM,
    guarded: false,
    because: "a person answers a question, as at the console; what is approved passes `guard` when it is asked for again",
    access: {
      needs: "none",
      async run(exchange) {
        const { id, request, response } = exchange;
        if (secrets().length === 0) throw new Refusal(404, "not-found", "there is nothing at this path");
        const signature = signatureIn(request);
        const body = await readBody(request, response, MOST_BYTES, "form");
        check(signature, body);
        const pressed = pressIn(body);
        if (pressed !== undefined) {
          const said = await click(pressed.click);
          void reply(pressed.address, said).catch((error: unknown) => log.warn({ id, code: codeOf(error) }, "whoever pressed a button could not be told"));
        }
        response.writeHead(200, { "x-request-id": id, "content-length": 0 }).end();
      },
    },
  };
}

const UNSIGNED = "this is not signed by an app whose buttons may answer here";

const text = z.object({ type: z.string(), text: z.string() });
const payload = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  actions: z.array(z.object({ action_id: z.enum(["approve", "reject"]), value: z.string() })).length(1),
  message: z.object({ blocks: z.array(z.object({ block_id: z.string().optional(), text: text.optional() })) }),
  response_url: z.string().max(2_000),
});

/** What was pressed; undefined for what is no answer: a link that was followed, or something of Slack's that we do not know. */
function pressIn(body: Buffer): { readonly click: Click; readonly address: string } | undefined {
  const [given, ...more] = new URLSearchParams(body.toString("utf8")).getAll("payload");
  const parsed = parseJsonText(more.length === 0 ? (given ?? "") : "", LIMITS);
  const read = payload.safeParse(parsed.ok ? parsed.value : undefined);
  if (!read.success) return undefined;
  const { user, team, actions, message, response_url: address } = read.data;
  const [{ action_id: action, value } = { action_id: "reject" as const, value: "" }] = actions;
  const [ticket = "", digest = ""] = value.split(" ");
  const above = message.blocks.filter(({ block_id: of }) => of === ticket);
  const shown = above.length === 1 ? (above[0]?.text?.text ?? "") : "";
  return { click: { account: `${user.team_id ?? team?.id ?? ""}/${user.id}`, action, ticket, digest, shown }, address };
}

/** A text as it was before Slack wrote entities into it. */
export const unescaped = (said: string): string => said.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
