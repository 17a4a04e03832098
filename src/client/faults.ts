import type { Reason } from "../core/decision.ts";

/** Whether the action happened: what has to be known before it is tried again. `unknown`: it began, and nobody saw how it ended. */
export type Performed = "no" | "yes" | "unknown";

/** Everything that a guarded call can end with beside its result. */
export abstract class GuardFault extends Error {
  abstract override readonly name: string;
  abstract readonly performed: Performed;
}

/** Policy said no: nothing was done. `id` names the decision in the log, `code` is the id of the strictest reason. */
export class Denied extends GuardFault {
  override readonly name: string = "Denied";
  override readonly performed = "no";
  readonly id: string;
  readonly code: string;
  readonly reasons: readonly Reason[];
  constructor(id: string, reasons: readonly Reason[]) {
    const [first] = reasons;
    super(`not permitted: ${first?.text ?? "no reason was given"} (${first?.id ?? "unknown"}, ${id})`);
    this.id = id;
    this.code = first?.id ?? "unknown";
    this.reasons = reasons;
  }
}

/** A person was asked and said no. It stays so for as long as the question would have been open. */
export class Rejected extends Denied {
  override readonly name = "Rejected";
}

/** A person was asked and nobody answered in time: nothing was done. */
export class Expired extends GuardFault {
  override readonly name = "Expired";
  override readonly performed = "no";
  readonly ticket: string;
  constructor(ticket: string) {
    super(`not permitted: nobody answered ${ticket} in time`);
    this.ticket = ticket;
  }
}

/** Holdfast did not take the request as it is: the key, the form, the size. `code` is that of its answer. Nothing was done. */
export class Refused extends GuardFault {
  override readonly name = "Refused";
  override readonly performed = "no";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, title: string) {
    super(`Holdfast refused the request: ${title} (${code})`);
    this.status = status;
    this.code = code;
  }
}

/** No answer that can be relied on came from Holdfast. Without a decision nothing is done. */
export class Unreachable extends GuardFault {
  override readonly name = "Unreachable";
  override readonly performed = "no";
  readonly code: "no-connection" | "timeout" | "unavailable" | "invalid-answer";
  constructor(code: Unreachable["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What has to be written down before the action could not be. Nothing was done. */
export class NotKept extends GuardFault {
  override readonly name = "NotKept";
  override readonly performed = "no";
  constructor(cause: unknown) {
    super("the note of what is about to be done could not be kept, so nothing was done", { cause });
  }
}

/** The function itself threw; the effect may exist. Its own error is the `cause`, and not in the message: no filter has seen it. */
export class Failed extends GuardFault {
  override readonly name = "Failed";
  override readonly performed = "unknown";
  readonly id: string;
  constructor(id: string, cause: unknown) {
    super(`it failed while it was being done, so it may have happened (${id})`, { cause });
    this.id = id;
  }
}

/** It was done, and its result could not be filtered: the result is withheld. Doing it again would do it twice. */
export class Unfinished extends GuardFault {
  override readonly name = "Unfinished";
  override readonly performed = "yes";
  readonly id: string;
  constructor(id: string, cause: unknown) {
    super(`it was done, but its result could not be filtered and is withheld; do not do it again (${id})`, { cause });
    this.id = id;
  }
}

/** It was done, and policy says that nothing of its result may be shown. */
export class Withheld extends GuardFault {
  override readonly name = "Withheld";
  override readonly performed = "yes";
  readonly id: string;
  readonly reasons: readonly Reason[];
  constructor(id: string, reasons: readonly Reason[]) {
    super(`it was done, and nothing of its result may be shown: ${reasons[0]?.text ?? "no reason was given"} (${id})`);
    this.id = id;
    this.reasons = reasons;
  }
}

/** The same was begun before, and nobody saw how it ended. It is not tried again until somebody has looked: `resume()`, then `forget()`. */
export class Unsettled extends GuardFault {
  override readonly name = "Unsettled";
  override readonly performed: "yes" | "unknown";
  /** Of the note: what `resume()` lists it under. */
  readonly note: string;
  constructor(note: string, performed: "yes" | "unknown") {
    super(
      `the same was ${performed === "yes" ? "done before, without its result" : "begun before, and nobody saw how it ended"}; look, then forget the note ${note}`,
    );
    this.note = note;
    this.performed = performed;
  }
}
