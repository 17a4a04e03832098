import type { Unanswered } from "./answers.ts";
import type { Approval } from "./approval.ts";
import { shownInChat } from "./in-chat.ts";
import { plain } from "./inquiry.ts";
import type { Language } from "./notify/words.ts";

/** What people are told in a chat in which they may answer. */
const WORDS = {
  en: {
    confirm: (ticket: string, agent: string, shown: string) =>
      `The agent ${agent} wants to do exactly this in your name (${ticket}): ${shown} — Approve only what you asked for and have read.`,
    approve: "Approve",
    reject: "Reject",
    open: "Look at it",
    sure: "It is done exactly as it stands here, once.",
    inquiry: (ticket: string, text: string) => `Whoever may approve ${ticket} asks first: "${text}" What you answer is shown to them as the agent's words.`,
    answer: "Answer",
    counted: { approve: (ticket: string) => `${ticket}: your approval counts.`, reject: (ticket: string) => `${ticket}: your rejection counts.` },
    unknown: "Nothing was done: Holdfast does not know your account here.",
    passkey: "Nothing was done: your passkey has to sign this, at the console.",
    refused: (ticket: string) => `Nothing was done: ${ticket} cannot be answered here. Open it at the console.`,
    over: (ticket: string) => `Nothing was done: ${ticket} is answered, over, or not what it was any more.`,
    others: (ticket: string) => `Nothing was done: ${ticket} has to be answered by somebody else.`,
  },
  de: {
    confirm: (ticket: string, agent: string, shown: string) =>
      `Der Agent ${agent} möchte in Ihrem Namen genau das tun (${ticket}): ${shown} — Geben Sie nur frei, worum Sie gebeten und was Sie gelesen haben.`,
    approve: "Freigeben",
    reject: "Ablehnen",
    open: "Ansehen",
    sure: "Es geschieht genau so, wie es hier steht, und nur einmal.",
    inquiry: (ticket: string, text: string) => `Vor der Freigabe von ${ticket} wird gefragt: „${text}“ Ihre Antwort wird dort als Aussage des Agenten gezeigt.`,
    answer: "Antwort",
    counted: { approve: (ticket: string) => `${ticket}: Ihre Freigabe zählt.`, reject: (ticket: string) => `${ticket}: Ihre Ablehnung zählt.` },
    unknown: "Nichts ist geschehen: Ihr Konto ist Holdfast hier nicht bekannt.",
    passkey: "Nichts ist geschehen: Ihr Passkey muss das unterschreiben, in der Konsole.",
    refused: (ticket: string) => `Nichts ist geschehen: ${ticket} lässt sich hier nicht beantworten. Öffnen Sie die Frage in der Konsole.`,
    over: (ticket: string) => `Nichts ist geschehen: ${ticket} ist beantwortet, abgelaufen oder nicht mehr, was es war.`,
    others: (ticket: string) => `Nichts ist geschehen: ${ticket} muss jemand anders beantworten.`,
  },
} as const;

export const chatWords = (language: Language) => WORDS[language];

/** What the user of an agent is shown in its client, whole; undefined where it does not fit. */
export function confirmationIn(approval: Approval, language: Language): { readonly message: string; readonly label: string } | undefined {
  const shown = shownInChat(approval);
  const { confirm, approve } = WORDS[language];
  return shown === undefined ? undefined : { message: confirm(approval.id, approval.bound.principal.agent, shown), label: approve };
}

/** What an approver wants to know, for the user of an agent. */
export function inquiryIn({ id, remarks = [] }: Approval, language: Language): { readonly message: string; readonly label: string } | undefined {
  const last = remarks.at(-1);
  const { inquiry, answer } = WORDS[language];
  return last?.from === "person" ? { message: inquiry(id, plain(last.text)), label: answer } : undefined;
}

/** Why an answer in a chat does not count, in words for whoever gave it. */
export function refusalIn(refused: Unanswered["refused"], ticket: string, language: Language): string {
  const { over, others, refused: elsewhere } = WORDS[language];
  switch (refused) {
    case "not-there":
    case "not-open":
    case "changed":
      return over(ticket);
    case "not-yours":
    case "own-request":
    case "twice":
      return others(ticket);
    case "denied":
    case "not-arguments":
    case "not-alike":
    case "not-in-chat":
      return elsewhere(ticket);
  }
}
