import { type Decision, decisionOf, type Remark, ticketOf } from "./answers.ts";
import type { Bell } from "./bell.ts";
import { Denied, Expired, Refused, Rejected, Unreachable } from "./faults.ts";
import type { OpenNote } from "./notes.ts";
import type { Wire } from "./wire.ts";

/** Between two looks at a question: `from` milliseconds at first, then twice as long each time, up to `to`; each a little more or less. */
export interface Pace {
  readonly from: number;
  readonly to: number;
}

/** A person is asked. */
export interface Waiting {
  readonly ticket: string;
  /** When the question is over, where that is known. */
  readonly expires?: Date;
}

export interface PermitOptions {
  readonly signal?: AbortSignal;
  readonly pace: Pace;
  /** Ends a pause early, where Holdfast says that the question was answered. */
  readonly bell: Bell;
  readonly waiting?: (question: Waiting) => void;
  readonly asked?: Inquiry;
}

/** Answers what a person wants to know before they decide; nothing said is nothing sent. */
export type Inquiry = (text: string, about: { readonly ticket: string }) => string | undefined | Promise<string | undefined>;

/** An answer that nobody could use (the policy changed, another call claimed it) is asked for anew so often. */
const MOST_QUESTIONS = 3;
/** How long a question counts as open while the server has not said. */
const UNKNOWN_EXPIRY = 3_600_000;
/** What clocks may differ by: the server itself says when a question is over. */
const GRACE = 30_000;

/**
 * The decision that permits this request, however long people take. Throws `Denied` and its kin otherwise. INVARIANT: what is asked again is
 * byte for byte what was asked, so an approval is of this and of nothing else.
 */
export async function permitOf(wire: Wire, text: string, note: OpenNote, options: PermitOptions): Promise<Decision> {
  const decide = async (): Promise<Decision> => decisionOf(await wire.post("/api/v1/decide", text, options.signal));
  let decision = await decide();
  for (let questions = 0; decision.effect === "ask" && decision.ticket !== undefined && questions < MOST_QUESTIONS; questions++) {
    await note.waiting(decision.ticket);
    decision = await afterAnswer(wire, decision.ticket, decide, options);
  }
  const { id, effect, reasons } = decision;
  if (effect === "permit") return decision;
  throw reasons.some((reason) => reason.id === REJECTED) ? new Rejected(id, reasons) : new Denied(id, reasons);
}

const REJECTED = "oversight/rejected";

/** Looks at the question until it was answered, then asks again. Nothing is done meanwhile, so a server that is away is waited for as well. */
async function afterAnswer(
  wire: Wire,
  ticket: string,
  decide: () => Promise<Decision>,
  { pace, bell, signal, waiting, asked }: PermitOptions,
): Promise<Decision> {
  let end = performance.now() + UNKNOWN_EXPIRY;
  let told = false;
  const tell = (expires?: Date): void => {
    if (!told) waiting?.({ ticket, ...(expires === undefined ? {} : { expires }) });
    told = true;
  };
  let heard = 0;
  /** What was asked since, one after the other. */
  const explain = async (remarks: readonly Remark[]): Promise<void> => {
    const news = remarks.slice(heard).filter(({ from }) => from === "person");
    heard = remarks.length;
    if (asked === undefined || remarks.at(-1)?.from !== "person") return;
    for (const { text } of news) {
      const said = await asked(text, { ticket });
      if (said !== undefined) await wire.post(`/api/v1/tickets/${encodeURIComponent(ticket)}`, JSON.stringify({ text: said.toWellFormed() }), signal);
    }
  };
  const listening = bell.listen(ticket);
  try {
    for (let pause = pace.from; ; pause = Math.min(2 * pause, pace.to)) {
      let lost: Unreachable | undefined;
      try {
        const { state, left, remarks } = ticketOf(await wire.get(`/api/v1/tickets/${encodeURIComponent(ticket)}`, signal));
        tell(new Date(Date.now() + left));
        if (state === "expired") throw new Expired(ticket);
        if (state !== "pending") return await decide();
        end = performance.now() + left + GRACE;
        await explain(remarks);
      } catch (error) {
        lost = passing(error);
        tell();
      }
      if (performance.now() >= end) throw lost ?? new Expired(ticket);
      await listening.pause(pause * (0.75 + Math.random() / 2), signal);
    }
  } finally {
    listening.end();
  }
}

/** What may be over with the next look; anything else is thrown. */
function passing(error: unknown): Unreachable {
  if (error instanceof Unreachable) return error;
  if (error instanceof Refused && error.status === 429) return new Unreachable("unavailable", error.message, { cause: error });
  throw error;
}
