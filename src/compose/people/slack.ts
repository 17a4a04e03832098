import type { Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import { chatWords, type Inbox, refusalIn, shownInChat } from "../../oversight/index.ts";
import { type Click, type SlackOptions, unescaped } from "../../surfaces/chat/slack.ts";
import type { Documents } from "../../vault/documents.ts";
import { steppingUp } from "./in-chat.ts";
import { personOf } from "./people.ts";

export interface SlackParts extends Pick<SlackOptions, "clock" | "log"> {
  readonly inbox: Pick<Inbox, "get" | "approve" | "reject">;
  readonly documents: Documents;
  readonly config: () => Config;
  readonly post: (address: string, body: object) => Promise<void>;
}

/** How people answer with buttons in Slack: who they are says Slack, what they may says the configuration, and what they saw the message itself. */
export function slackOf({ inbox, documents, config, post, clock, log }: SlackParts): SlackOptions {
  const needsPasskey = steppingUp(documents);
  const hooks = () => config().oversight.webhooks.flatMap((hook) => (hook.format === "slack" ? [hook] : []));
  return {
    clock,
    log,
    secrets: () => hooks().flatMap(({ signing_secret: secret }) => (secret === undefined ? [] : [secret.reveal()])),
    async click({ account, action, ticket, digest, shown }) {
      const now = config();
      const { language } = now.oversight;
      const words = chatWords(language);
      const name = personWith(now, account);
      if (name === undefined) return words.unknown;
      // Rejecting takes no passkey anywhere.
      if (action === "approve" && (await needsPasskey(now, [name]))) return words.passkey;
      const approval = await inbox.get(ticket);
      // ATTACK: whoever may post as the app can put our button under other words.
      const whole = approval === undefined ? undefined : shownInChat(approval);
      if (whole === undefined || ![shown, unescaped(shown)].includes(whole)) return words.refused(plainTicket(ticket));
      const answered = await inbox[action](ticket, { ...personOf(now, name), via: "slack" }, undefined, digest);
      return "refused" in answered ? refusalIn(answered.refused, plainTicket(ticket), language) : words.counted[action](plainTicket(ticket));
    },
    async reply(address, text) {
      // INVARIANT: an address that came with a request is called only where we send messages anyway.
      if (!hooks().some(({ url }) => new URL(url).origin === originOf(address))) return;
      await post(address, { response_type: "ephemeral", replace_original: false, text });
    },
  };
}

const personWith = ({ people }: Config, account: Click["account"]): string | undefined =>
  Object.entries(people).find(([, { slack }]) => slack === account)?.[0];

/** It came with a request, and goes into a message. */
const plainTicket = (ticket: string): string => (/^HF-\d{1,12}$/.test(ticket) ? ticket : "HF-?");

const originOf = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).origin : undefined);

/** Accounts in Slack that say two people, and rules whose buttons nobody would see. */
export function checkSlack({ people, rules, oversight }: Config): readonly Problem[] {
  const seen = new Set<string>();
  const twice = Object.entries(people).flatMap(([name, { slack }]): readonly Problem[] => {
    if (slack === undefined) return [];
    const known = seen.has(slack);
    seen.add(slack);
    return known ? [{ path: ["people", name, "slack"], message: `\`${slack}\` is somebody else already` }] : [];
  });
  if (oversight.webhooks.some(({ format }) => format === "slack")) return twice;
  const unseen = rules.flatMap(({ in_chat: chats = [] }, index): readonly Problem[] =>
    chats.includes("slack") ? [{ path: ["rules", index, "in_chat"], message: "there is no webhook of `format: slack` that would show it" }] : [],
  );
  return [...twice, ...unseen];
}
