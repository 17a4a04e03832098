import { type Counted, countedIn } from "../core/counted.ts";
import type { Decision } from "../core/decision.ts";
import type { JsonObject } from "../core/json.ts";
import { labelOfAll } from "../core/label.ts";
import type { Clock, OversightLayer, Resolution } from "../core/layers.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Principal, Request } from "../core/request.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import { type Answered, answering, type Unanswered } from "./answers.ts";
import { type Approval, type NamedFile, type Person, type State, stateOf, type Use } from "./approval.ts";
import { boundOf, digestOf } from "./bound.ts";
import { type Escalating, escalating } from "./escalation.ts";
import { createHeld } from "./held.ts";
import { inquiryOf } from "./inquiry.ts";
import { createLooks } from "./looks.ts";
import { type Opened, type Planting, plantings } from "./plantings.ts";
import { asking, expiryOf, isAsSeen, isFree, isTooLong, needsOf, type Question, stageOf, withArguments } from "./question.ts";
import { isSealed, type Seal } from "./receipt.ts";
import { type Remarking, remarking } from "./remarks.ts";
import { createRoom } from "./room.ts";
import type { Shelf } from "./shelf.ts";
import { createTurns } from "./turns.ts";

export interface InboxOptions {
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly seal: Seal;
  /** Of the newest configuration, in milliseconds. */
  readonly times: () => { readonly hold: number; readonly expires: number; readonly keep: number };
  /** Digest of the configuration in force. */
  readonly policy: () => string;
  /** Hash of the definition of a tool that is in force. */
  readonly definition: (tool: string) => string | undefined;
  /** What of this machine a request would run. Without it nothing is known of that. */
  readonly files?: (request: Request) => Promise<readonly NamedFile[]>;
  /** What a request would change now, where somebody is to count that. */
  readonly recount?: (request: Request) => Promise<Counted | undefined>;
  readonly roleHolders: (role: string) => readonly string[];
  /** What the layers say of a request: for what an approver changed. */
  readonly judge: (request: Request) => Promise<Decision>;
  /** Writes down that a person answered. Durable when it resolves. */
  readonly record: (
    event: "approval-approved" | "approval-edited" | "approval-rejected" | "approval-escalated" | "approval-remark" | "control-unanswered",
    facts: { readonly [name: string]: string },
    /** As the agent wrote it: for what counts the answer, and not for the log. */
    tool?: string,
  ) => Promise<void>;
}

/**
 * The questions that wait for people, and what people said. A question is parked under a ticket; whoever asks for exactly the same again
 * meets it: still waiting, rejected, or approved, and then it is let through once.
 *
 * INVARIANT: nothing passes here but by a signed approval of exactly these bytes, for this key, under this policy and this definition of
 * the tool, in time, and for no reason that the approver did not see. That it is used up is on the disk before it is used.
 */
export interface Inbox extends Planting, Escalating, Remarking {
  readonly layer: OversightLayer;
  /** The newest first: of all, or of those that wait. */
  list(limit: number, which?: "pending"): Promise<readonly Approval[]>;
  get(id: string): Promise<Approval | undefined>;
  stateOf(approval: Approval): State;
  /** The person is shown it now. */
  saw(id: string, person: string): void;
  /** True while a request of this id, or one that it proposed, waits here for an answer (`hold`). */
  holds(request: string): boolean;
  /** True where a person was asked about exactly this, or has rejected it, or approved it and it was not done yet. */
  concerns(request: Request): boolean;
  /** True for what an approver made of a request, while it is decided again: a person has seen exactly this. */
  isEdit(request: Request): boolean;
  /** `seen`: the digest of what was looked at. Another approver may have changed it meanwhile. */
  approve(id: string, person: Person, reason?: string, seen?: string): Promise<Answered>;
  /** Approves with other arguments. They are decided again, now and when they are used. */
  edit(id: string, person: Person, args: JsonObject, reason?: string, seen?: string): Promise<Answered>;
  reject(id: string, person: Person, reason?: string, seen?: string): Promise<Answered>;
  /**
   * One look for several questions of the same shape. Each is answered by itself, as it was `seen`, with its own receipt; the time is divided among them.
   */
  together(
    questions: readonly { readonly id: string; readonly seen: string }[],
    person: Person,
    action: "approve" | "reject",
    reason?: string,
  ): Promise<readonly Answered[] | Unanswered>;
  /** The user for whom it was asked says so in the agent's own client: counts only where nobody else is wanted, and as what it is. */
  confirm(id: string, principal: Principal, action: "approve" | "reject"): Promise<Answered>;
  /** How a request ended; nothing where no approval let it through. */
  ended(request: string, outcome: Outcome): void;
  /** Called after every change. Returns how to stop. */
  follow(changed: (approval: Approval) => void): () => void;
  readonly waiting: number;
}

export function createInbox(options: InboxOptions): Inbox {
  const { shelf, clock, random, seal, times, policy, definition } = options;
  const turns = createTurns();
  const listeners = new Set<(approval: Approval) => void>();
  /** Monotonic: what is asked here expires however the wall clock is set. */
  const deadlines = new Map<string, number>();
  /** What was let through and is not over: by the request's id, which approval it used, and what an approver made of it. */
  const running = new Map<string, { readonly id: string; readonly digest: string; readonly edited?: string }>();
  /** How a use ended, while that is being written: whoever asks waits for it. */
  const ending = new Map<string, Promise<unknown>>();

  const now = (): number => Math.max(clock.now(), shelf.latest);
  const timeLeft = ({ id, expires }: Approval): number => Math.min(expires - now(), (deadlines.get(id) ?? Number.POSITIVE_INFINITY) - clock.monotonic());
  const isOver = (approval: Approval): boolean => timeLeft(approval) <= 0;
  const state = (approval: Approval): State => stateOf(approval, isOver(approval));
  const put = async (approval: Approval): Promise<Approval> => {
    await shelf.put(approval);
    for (const changed of [...listeners]) changed(approval);
    return approval;
  };
  const pending = (): readonly Approval[] => shelf.all().filter((approval) => state(approval) === "pending");
  const room = createRoom({ ...options, now, state, isOver, pending, forgot: (id) => deadlines.delete(id) });
  const hashOf = ({ action }: Request): string | undefined => (action.tool === undefined ? undefined : definition(action.tool));

  /** What holds for a question now. In turn for each digest, so that of two who would use an approval one is the first. */
  async function settle(question: Question): Promise<Resolution> {
    const known = shelf.of(question.digest).filter((approval) => !isOver(approval) && isSame(approval, question) && isUntouched(approval, question));
    const stage = stageOf(question.request);
    const usable = known.find((approval) => approval.state === "approved" && isFree(approval, stage) && isSealed(approval, seal));
    if (usable !== undefined) return use(usable, question.request);
    const waits = known.find(({ state: said }) => said === "pending");
    if (waits !== undefined) return { kind: "wait", ticket: waits.id, ...withoutAbsent({ inquiry: inquiryOf(waits) }) };
    const rejected = shelf.of(question.digest).find((approval) => approval.state === "rejected" && !isOver(approval));
    if (rejected !== undefined) return { kind: "deny", reason: { id: "oversight/rejected", text: `a person rejected this (\`${rejected.id}\`)` } };
    for (const approval of shelf.of(question.digest)) if (isOutdated(approval)) await put({ ...approval, state: "void" });
    return park(question);
  }

  /** Nobody can use it any more: a person should not spend a thought on it. */
  const isOutdated = (approval: Approval): boolean => approval.uses.length === 0 && ["pending", "approved"].includes(state(approval));

  /** Nothing that the approver saw or relied on has changed. */
  function isSame({ policy: then, definition: hash, reasons }: Approval, { request, decision }: Pick<Question, "request" | "decision">): boolean {
    const seen = new Set(reasons.map(({ id }) => id));
    return then === policy() && hash === hashOf(request) && asking(decision).every(({ id }) => seen.has(id));
  }
  /** What an approver changed is looked at when it is asked about again. */
  const isUntouched = (approval: Approval, question: Question): boolean => approval.before !== undefined || isAsSeen(approval, question);

  async function use(approval: Approval, request: Request): Promise<Resolution> {
    const one: Use = { stage: stageOf(request), request: request.id, at: now() };
    // INVARIANT: it is used up before anything happens. If we end in between, nothing was done and it is gone.
    await put({ ...approval, uses: [...approval.uses, one] });
    const edited = approval.before === undefined ? undefined : withArguments(request, approval.bound.action.args ?? {});
    running.set(request.id, { id: approval.id, digest: approval.digest, ...(edited === undefined ? {} : { edited: digestOf(boundOf(edited)) }) });
    return edited === undefined ? { kind: "permit", reason: approvedBy(approval) } : { kind: "edit", request: edited };
  }

  /** What an approver made of a request was decided again, and is asked about again: for the reasons that were seen, that is answered. */
  async function settleEdited(id: string, question: Question): Promise<Resolution> {
    const { request, digest } = question;
    const approval = await shelf.get(id);
    const holds = approval !== undefined && isSame(approval, question) && isAsSeen(approval, question);
    return holds && running.get(request.id)?.edited === digest ? { kind: "permit", reason: approvedBy(approval) } : { kind: "deny", reason: OTHERWISE };
  }

  /** Puts a question before people. */
  async function open({ lasts, ...question }: Opened): Promise<Approval> {
    const asked = now();
    const nonce = Buffer.from(random(16)).toString("hex");
    const approval: Approval = {
      id: shelf.nextId(),
      policy: policy(),
      nonce,
      asked,
      expires: asked + lasts,
      answers: [],
      state: "pending",
      uses: [],
      ...question,
    };
    deadlines.set(approval.id, clock.monotonic() + lasts);
    return put(approval);
  }

  async function park({ request, decision, bound, digest, files, counted }: Question): Promise<Resolution> {
    room.tidy();
    if (room.isFullFor(request.principal.agent, bound)) return { kind: "deny", reason: TOO_MANY };
    const hash = hashOf(request);
    const { session } = request.principal;
    const approval = await open({
      digest,
      bound,
      ...(hash === undefined ? {} : { definition: hash }),
      ...(files.length === 0 ? {} : { files }),
      ...(counted === undefined ? {} : { counted }),
      reasons: asking(decision),
      needs: needsOf(decision),
      label: labelOfAll(request.content),
      surface: request.context.surface,
      ...(session === undefined ? {} : { session }),
      request: request.id,
      lasts: expiryOf(decision, times().expires),
    });
    return { kind: "wait", ticket: approval.id };
  }

  const looks = createLooks(now);
  const held = createHeld(clock, listeners);

  return {
    layer: {
      async resolve(request, decision, signal) {
        const bound = boundOf(request);
        if (isTooLong(bound)) return { kind: "deny", reason: TOO_LONG };
        // Looked at each time: what was approved may have been exchanged meanwhile, also while this was held.
        const asked = async (counted = countedIn(decision)): Promise<Question> => {
          const files = (await options.files?.(request)) ?? [];
          return { request, decision, bound, digest: digestOf(bound), files, counted };
        };
        const question = await asked();
        const edited = running.get(request.id);
        if (edited !== undefined) return settleEdited(edited.id, question);
        const settled = await turns.take(question.digest, () => settle(question));
        const { hold } = times();
        if (settled.kind !== "wait" || hold === 0) return settled;
        const waits = shelf.of(question.digest).find(({ id }) => id === settled.ticket);
        await held.wait([request.id, request.context.parent], settled.ticket, Math.min(hold, waits === undefined ? 0 : timeLeft(waits)), signal);
        signal.throwIfAborted();
        const counted = question.counted && (await options.recount?.(request));
        return turns.take(question.digest, async () => {
          const again = await asked(counted);
          const after = await shelf.get(settled.ticket);
          // What nobody answered is denied. It is for the agent to ask anew, and not for us.
          return after !== undefined && state(after) === "expired" ? { kind: "deny", reason: unanswered(after.id) } : settle(again);
        });
      },
    },
    async list(limit, which) {
      await Promise.all(ending.values());
      return which === undefined ? shelf.newest(limit) : pending().toReversed().slice(0, limit);
    },
    async get(id) {
      await ending.get(id);
      return shelf.get(id);
    },
    stateOf: state,
    holds: held.has,
    concerns: (request) =>
      shelf.of(digestOf(boundOf(request))).some((approval) => ["pending", "approved", "rejected"].includes(state(approval)) && !isOver(approval)),
    isEdit(request) {
      const edited = running.get(request.id)?.edited;
      return edited !== undefined && edited === digestOf(boundOf(request));
    },
    ...answering({ ...options, turns, state, put, now, looked: looks }),
    saw: looks.saw,
    ...plantings({ shelf, turns, random, open, put, isOver, now, record: options.record, ...(options.files === undefined ? {} : { files: options.files }) }),
    ...remarking({ shelf, turns, state, put, now, record: options.record }),
    ...escalating({ shelf, turns, state, put, record: options.record }),
    ended(request, outcome) {
      const one = running.get(request);
      if (one === undefined || !running.delete(request)) return;
      const write = async (): Promise<void> => {
        const approval = await shelf.get(one.id);
        if (approval !== undefined)
          await put({ ...approval, uses: approval.uses.map((use) => (use.request === request ? { ...use, outcome: endOf(outcome) } : use)) });
      };
      const written = turns
        .take(one.digest, write)
        .catch(() => {}) // it stays `used`, and is `unknown` after a restart
        .finally(() => ending.get(one.id) === written && ending.delete(one.id));
      ending.set(one.id, written);
    },
    follow(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    get waiting() {
      return pending().length;
    },
  };
}

// Once performing began the effect may exist.
const endOf = ({ status }: Outcome): NonNullable<Use["outcome"]> => (status === "done" || status === "denied" ? status : "unknown");

function approvedBy({ id, answers }: Approval): { readonly id: string; readonly text: string } {
  const people = answers.filter(({ action }) => action !== "reject").map(({ by, via }) => `\`${by}\`${via === undefined ? "" : " in the chat"}`);
  return { id: "oversight/approved", text: `approved by ${people.join(" and ")} (\`${id}\`)` };
}

const unanswered = (id: string) => ({ id: "oversight/expired", text: `nobody has answered \`${id}\` in time` });
const OTHERWISE = { id: "oversight/edited-again", text: "what an approver made of this raises a question that the approver did not see" };
const TOO_LONG = { id: "oversight/too-long", text: "a person would have to approve this, and it is too long to be shown" };
const TOO_MANY = { id: "oversight/too-many", text: "a person would have to approve this, and too many questions wait already" };
