import type { News } from "./channel.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** How people are spoken to. */
export interface Wording {
  readonly language: Language;
  /** The zone in which they read the time. */
  readonly zone: string;
  /** Where a question is answered. */
  readonly link: (ticket: string) => string;
}

interface Asked {
  readonly id: string;
  readonly agent: string;
  readonly what: string;
  readonly until: string;
  readonly url: string;
}

const WORDS = {
  en: {
    asks: ({ id, agent, what, until, url }: Asked) => `${id}: agent ${agent} asks to use ${what}. Until ${until}: ${url}`,
    unanswered: "Nobody has answered yet. ",
    approved: ({ id, url }: Asked) => `${id} was approved: ${url}`,
    rejected: ({ id, url }: Asked) => `${id} was rejected: ${url}`,
    subject: ({ id, agent, what }: Asked) => `${id}: ${agent} asks to use ${what}`,
    several: (n: number) => `${n} questions wait for an answer`,
    missed: (n: number) =>
      n === 1
        ? "One question came in quiet hours, and its time passed before they were over: it was denied."
        : `${n} questions came in quiet hours, and their time passed before they were over: they were denied.`,
    test: (by: string) => `This is a test from Holdfast, sent by ${by}. Questions of agents will arrive here.`,
    testSubject: "A test from Holdfast",
    why: "You get this because you may answer what agents of Holdfast ask. What exactly would be done is shown at the link, after logging in.",
  },
  de: {
    asks: ({ id, agent, what, until, url }: Asked) => `${id}: Agent ${agent} möchte ${what} verwenden. Bis ${until}: ${url}`,
    unanswered: "Noch hat niemand geantwortet. ",
    approved: ({ id, url }: Asked) => `${id} wurde freigegeben: ${url}`,
    rejected: ({ id, url }: Asked) => `${id} wurde abgelehnt: ${url}`,
    subject: ({ id, agent, what }: Asked) => `${id}: ${agent} möchte ${what} verwenden`,
    several: (n: number) => `${n} Fragen warten auf eine Antwort`,
    missed: (n: number) =>
      n === 1
        ? "Eine Frage kam während der Ruhezeit, und ihre Frist lief ab, bevor sie vorbei war: Sie gilt als abgelehnt."
        : `${n} Fragen kamen während der Ruhezeit, und ihre Frist lief ab, bevor sie vorbei war: Sie gelten als abgelehnt.`,
    test: (by: string) => `Dies ist ein Test von Holdfast, ausgelöst von ${by}. Fragen von Agenten kommen hier an.`,
    testSubject: "Ein Test von Holdfast",
    why: "Sie erhalten diese Nachricht, weil Sie beantworten dürfen, was Agenten bei Holdfast fragen. Was genau geschähe, sehen Sie unter dem Link, wenn Sie angemeldet sind.",
  },
} as const;

/** One thing in one line. */
export function lineOf({ approval, state }: News, wording: Wording): string {
  const words = WORDS[wording.language];
  const asked = askedOf(approval, wording);
  if (state === "approved" || state === "rejected") return words[state](asked);
  return (approval.escalated === undefined ? "" : words.unanswered) + words.asks(asked);
}

export function missedIn(missed: number, { language }: Wording): readonly string[] {
  return missed === 0 ? [] : [WORDS[language].missed(missed)];
}

export const testIn = (by: string | undefined, { language }: Wording): readonly string[] => (by === undefined ? [] : [WORDS[language].test(plain(by))]);
export const testSubject = ({ language }: Wording): string => WORDS[language].testSubject;

export function subjectOf(news: readonly News[], wording: Wording): string {
  const words = WORDS[wording.language];
  const [first] = news;
  return first !== undefined && news.length === 1 ? words.subject(askedOf(first.approval, wording)) : words.several(news.length);
}

export const whyIn = ({ language }: Wording): string => WORDS[language].why;

function askedOf({ id, bound, expires }: News["approval"], { language, zone, link }: Wording): Asked {
  const { principal, action } = bound;
  return { id, agent: plain(principal.agent), what: plain(action.tool ?? action.type), until: timeIn(expires, language, zone), url: link(id) };
}

/** Names come from clients: in a message one could be a link, a mention or a line of its own. */
const plain = (text: string): string => text.replace(/[^\w.-]/g, "_").slice(0, 100);

function timeIn(moment: number, language: Language, zone: string): string {
  const format = { timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" } as const;
  return new Intl.DateTimeFormat(language === "de" ? "de-DE" : "en-GB", format).format(moment);
}
