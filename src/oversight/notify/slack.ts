import type { Approval } from "../approval.ts";
import { digestOf } from "../bound.ts";
import { chatWords } from "../chat-words.ts";
import { shownInChat } from "../in-chat.ts";
import type { Channel, News, Notice } from "./channel.ts";
import { headersOf, sentOf, type Webhook, type WebhookOptions } from "./webhook.ts";
import { lineOf, missedIn, testIn, type Wording } from "./words.ts";

export interface SlackOptions extends WebhookOptions {
  /** Whether people may answer this there, under the policy in force. */
  readonly mayAnswer: (approval: Approval) => boolean;
}

/** Slack takes 50 blocks; a question has up to three. */
const MOST_WHOLE = 15;

/**
 * Messages of a Slack app. A question that may be answered there stands in it whole, with buttons; of every other there is the line with a link that
 * every channel has.
 */
export function slackChannel(hook: Pick<Webhook, "url" | "secret">, { wording, clock, post, mayAnswer }: SlackOptions): Channel {
  return {
    key: `slack ${hook.url}`,
    host: new URL(hook.url).host,
    reader: "person",
    answers: true,
    isFor: () => true,
    async send(notice) {
      const body = JSON.stringify(messageOf(notice, wording, mayAnswer));
      return sentOf(await post(hook.url, headersOf(hook, notice.id, body, clock.now()), body));
    },
  };
}

function messageOf({ news, missed, test }: Notice, wording: Wording, mayAnswer: SlackOptions["mayAnswer"]): object {
  const lines = [...testIn(test, wording), ...news.map((one) => lineOf(one, wording)), ...missedIn(missed, wording)];
  const isAsked = ({ approval, state }: News): boolean => state === "pending" && mayAnswer(approval);
  const asked = news.filter(isAsked).slice(0, MOST_WHOLE);
  // What Slack shows where it cannot show blocks, and all there is where nothing may be answered there.
  const text = lines.join("\n");
  if (asked.length === 0) return { text };
  const rest = [...testIn(test, wording), ...news.filter((one) => !asked.includes(one)).map((one) => lineOf(one, wording)), ...missedIn(missed, wording)];
  return { text, blocks: [...asked.flatMap((one) => questionIn(one, wording)), ...(rest.length === 0 ? [] : [section(rest.join("\n"))])] };
}

function questionIn(one: News, wording: Wording): readonly object[] {
  const { approval } = one;
  const { id, bound } = approval;
  const { approve, reject, open, sure } = chatWords(wording.language);
  const value = digestOf(bound);
  const confirm = { title: plainText(`${approve}: ${id}`), text: plainText(sure), confirm: plainText(approve), deny: plainText(open) };
  return [
    section(lineOf(one, wording)),
    // The button counts only under exactly this text: its block is named after the question, and comes back with the answer.
    { ...section(shownInChat(approval) ?? ""), block_id: id },
    {
      type: "actions",
      block_id: `${id}/answer`,
      elements: [
        { type: "button", action_id: "approve", text: plainText(approve), style: "primary", value: `${id} ${value}`, confirm },
        { type: "button", action_id: "reject", text: plainText(reject), value: `${id} ${value}` },
        { type: "button", action_id: "open", text: plainText(open), url: wording.link(id) },
      ],
    },
  ];
}

const LONGEST = 3_000;
const section = (text: string): object => ({ type: "section", text: plainText(text.slice(0, LONGEST)) });
/** Not Slack's markup: in that, what an agent wrote could be a link, a mention or a line of its own. */
const plainText = (text: string): object => ({ type: "plain_text", text, emoji: false });
