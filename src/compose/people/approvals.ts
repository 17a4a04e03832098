import type { AuditLog } from "../../audit/log.ts";
import { type NoteSigner, noteVerifier, openNote, signNote } from "../../audit/note.ts";
import type { Config } from "../../config/index.ts";
import type { Json } from "../../core/json.ts";
import type { Clock, Layers } from "../../core/layers.ts";
import { judge } from "../../core/monitor.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import {
  type Answer,
  type Approval,
  type Attention,
  controlOf,
  countedForm,
  createInbox,
  type Documents,
  digestOf,
  type Inbox,
  type InboxOptions,
  inquiryOf,
  isAskedBy,
  needsNow,
  openShelf,
  type Phases,
  type Reviewers,
  riskOf,
  type Said,
  type Seal,
  shapeOf,
} from "../../oversight/index.ts";
import type { Ledger, Pins } from "../../permission/index.ts";
import type { ApprovalForm, Approvals, AttentionForm, TicketForm } from "../../surfaces/api/index.ts";
import type { McpGatewayOptions } from "../../surfaces/mcp-gateway/gateway.ts";
import { holders, personOf } from "./people.ts";
import { ruleFrom } from "./rule-from.ts";

export interface ApprovalParts {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly signer: NoteSigner;
  readonly audit: AuditLog;
  readonly pins: Pins;
  /** Where it counts what people say of an agent's calls. */
  readonly phases: Pick<Phases, "answered">;
  /** Where it is counted how people look. */
  readonly reviewers: Pick<Reviewers, "noted">;
  readonly ledger: Pick<Ledger, "drop">;
  /** The one name of a tool, however it was written. */
  readonly toolName?: (written: string) => string;
  /** What of this machine a request would run. */
  readonly files?: InboxOptions["files"];
  readonly recount?: InboxOptions["recount"];
  /** What is in force: approvals are bound to it. */
  readonly current: () => { readonly config: Config; readonly digest: string; readonly layers: Layers };
}

/** The inbox of a server. It outlives configurations; what they say is asked each time. */
export async function openInbox({
  documents,
  clock,
  random,
  signer,
  audit,
  pins,
  ledger,
  phases,
  reviewers,
  toolName = (written) => written,
  files,
  recount,
  current,
}: ApprovalParts): Promise<Inbox> {
  return createInbox({
    shelf: await openShelf(documents),
    clock,
    random,
    seal: sealOf(signer),
    times: () => current().config.oversight,
    policy: () => current().digest,
    ...withoutAbsent({ files, recount }),
    definition: (tool) => pins.of(tool)?.pinned?.digest,
    roleHolders: (role) => holders(current().config, role),
    async judge(request) {
      // Under a name of its own: the request itself may wait here, and holds what it reserved.
      const asked = { ...request, id: `${request.id}/edit` };
      const [, decision] = await judge(current().layers, asked, new AbortController().signal);
      ledger.drop(asked.id);
      return decision;
    },
    async record(event, facts, tool) {
      await audit.system(event, facts);
      await noteAnswer(event, facts, tool === undefined ? undefined : toolName(tool), { reviewers, phases, now: clock.now });
    },
  });
}

const SAID = new Map<Recorded[0], { readonly action: Answer["action"]; readonly said: keyof Said }>([
  ["approval-approved", { action: "approve", said: "agreed" }],
  ["approval-edited", { action: "edit", said: "changed" }],
  ["approval-rejected", { action: "reject", said: "rejected" }],
]);

type Recorded = Parameters<InboxOptions["record"]>;

/** Counts an answer: for the person, how they look; for the agent, what people think of its calls. */
export async function noteAnswer(
  event: Recorded[0],
  { by = "", agent = "", took, control, via }: Recorded[1],
  tool: string | undefined,
  { reviewers, phases, now }: Pick<ApprovalParts, "reviewers" | "phases"> & { readonly now: () => number },
): Promise<void> {
  const answer = SAID.get(event);
  // What an agent's own user says, whoever holds the agent's key can say: it is evidence of nothing.
  if (answer === undefined || via === "elicitation") return;
  const { action, said } = answer;
  await reviewers.noted(by, { at: now(), action, took: Number(took), ...(control === undefined ? {} : { control: control as "missed" }) });
  // A planted question says something of the person, and nothing of an agent.
  if (control === undefined) phases.answered(agent, tool, by, said);
}

/** The key of the log signs, so that an auditor needs one public key for everything. */
export function sealOf(signer: NoteSigner): Seal {
  const verifier = noteVerifier(signer.vkey);
  return { sign: (text) => signNote(text, signer), open: (note) => openNote(note, verifier) };
}

/** For a call that waits for people as long as they take: resolves when its question is not open any more, or nobody waits. */
export function answeredIn(inbox: Pick<Inbox, "get" | "stateOf" | "follow">, clock: Clock): NonNullable<McpGatewayOptions["answered"]> {
  return async (ticket, signal, asked) => {
    const { promise, resolve } = Promise.withResolvers<"answered" | "over">();
    const look = (approval: Approval | undefined): void => {
      const state = approval === undefined ? "void" : inbox.stateOf(approval);
      if (state !== "pending") resolve(state === "approved" || state === "rejected" ? "answered" : "over");
      else if (approval !== undefined) asked?.(inquiryOf(approval));
    };
    // Followed before it is looked at, so that no answer falls between the two.
    const unfollow = inbox.follow((approval) => void (approval.id === ticket && look(approval)));
    const gone = (): void => resolve("over");
    let stop = (): void => {};
    signal.addEventListener("abort", gone, { once: true });
    if (signal.aborted) gone();
    try {
      const approval = await inbox.get(ticket);
      look(approval);
      stop = clock.timer(Math.min(Math.max(0, (approval?.expires ?? 0) - clock.now()) + 1, LONGEST_TIMER), () => resolve("over"));
      return await promise;
    } finally {
      stop();
      unfollow();
      signal.removeEventListener("abort", gone);
    }
  };
}

/** A longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The inbox as the API shows it. */
export function approvalsOf(inbox: Inbox, config: () => Config, reviewers: Pick<Reviewers, "all" | "of">): Approvals {
  const form = (approval: Approval): ApprovalForm => formOf(approval, inbox);
  return {
    list: async (limit, which) => (await inbox.list(limit, which)).map((approval) => listed(form(approval))),
    async get(id, person) {
      if (person !== undefined) inbox.saw(id, person);
      const approval = await inbox.get(id);
      return approval === undefined ? undefined : { ...form(approval), ...(approval.receipt === undefined ? {} : { receipt: approval.receipt }) };
    },
    async answer(id, { name, passkey }, { action, args, reason, digest }) {
      const person = personOf(config(), name, passkey);
      const answered =
        action === "ask"
          ? await inbox.inquire(id, person, reason ?? "")
          : action === "edit"
            ? await inbox.edit(id, person, args ?? {}, reason, digest)
            : await (action === "approve" ? inbox.approve : inbox.reject)(id, person, reason, digest);
      return "refused" in answered ? answered : { approval: form(answered.approval) };
    },
    async ticket(id, principal) {
      const approval = await inbox.get(id);
      return approval === undefined || !isAskedBy(approval, principal) ? undefined : ticketOf(form(approval));
    },
    async explain(id, principal, text) {
      const said = await inbox.explain(id, principal, text);
      return "refused" in said ? said : { ticket: ticketOf(form(said.approval)) };
    },
    async answerAll({ name, passkey }, { action, reason, answers }) {
      const questions = answers.map(({ id, digest }) => ({ id, seen: digest }));
      const answered = await inbox.together(questions, personOf(config(), name, passkey), action, reason);
      if ("refused" in answered) return answered;
      return answered.map((one, at) => ("refused" in one ? { id: questions[at]?.id ?? "", ...one } : { id: one.approval.id, approval: form(one.approval) }));
    },
    async rule(id) {
      const approval = await inbox.get(id);
      return approval === undefined ? undefined : ruleFrom(approval, config());
    },
    attention: (person) => ({ own: glancesOf(reviewers.of(person)), all: reviewers.all().map(glancesOf) }),
    follow: (changed) => inbox.follow(changed),
    waiting: () => inbox.waiting,
  };
}

/** What an agent may know of its own question: also what was asked about it, and not by whom. */
const ticketOf = ({ id, state, expires_at, remarks }: ApprovalForm): TicketForm => ({
  ticket: id,
  state,
  expires_at,
  ...(remarks === undefined ? {} : { remarks: remarks.map(({ from, at, text }) => ({ from, at, text })) }),
});

function formOf(approval: Approval, inbox: Inbox): ApprovalForm {
  const { id, bound, before, reasons, escalated, answers, uses, label, surface, request, asked, expires, definition, session, remarks, files, counted } =
    approval;
  const { action, principal, resource, content } = bound;
  // INVARIANT: until it is answered, nothing here tells a planted question from a real one.
  const control = approval.control !== true || inbox.stateOf(approval) === "pending" ? undefined : (controlOf(approval) ?? "unanswered");
  return {
    id,
    // Worked out anew only where it is not what the agent asked: a list holds hundreds, and each may be long.
    digest: before === undefined && approval.control !== true ? approval.digest : digestOf(bound),
    state: inbox.stateOf(approval),
    agent: principal.agent,
    ...(principal.user === undefined ? {} : { user: principal.user }),
    ...(principal.key === undefined ? {} : { key: principal.key }),
    ...(session === undefined ? {} : { session }),
    action: action.type,
    ...(action.tool === undefined ? {} : { tool: action.tool }),
    ...(definition === undefined ? {} : { definition }),
    ...(action.args === undefined ? {} : { args: action.args }),
    ...(before === undefined ? {} : { before }),
    ...(resource === undefined ? {} : { target: resource }),
    content: [...content],
    risk: riskOf(approval),
    shape: shapeOf(approval),
    reason: reasons[0]?.text ?? "",
    reasons: [...reasons],
    needs: needsNow(approval).map(({ approvers, count }) => ({ approvers: [...approvers], count })),
    ...(escalated === undefined ? {} : { escalated: [...escalated] }),
    labels: label,
    surface,
    request,
    asked_at: iso(asked),
    expires_at: iso(expires),
    answers: answers.map(({ at, ...answer }) => ({ ...answer, at: iso(at) })),
    ...(remarks === undefined ? {} : { remarks: remarks.map(({ at, ...said }) => ({ ...said, at: iso(at) })) }),
    ...(files === undefined ? {} : { files: files.map(({ path, is }) => ({ path, is })) }),
    ...(counted === undefined ? {} : { counted: countedForm(counted) }),
    uses: uses.map(({ at, ...use }) => ({ ...use, at: iso(at) })),
    ...(control === undefined ? {} : { control }),
  };
}

/** UTF-16 code units of what would be done, beyond which it does not stand in a list. */
const LONGEST_LISTED = 8_192;

/**
 * As it stands in a list. ATTACK: consoles ask for the list every few seconds, and an agent that asks with a megabyte each time must not have all of
 * them sent together. Whoever answers looks at the question itself, which is whole.
 */
function listed(form: ApprovalForm): ApprovalForm {
  const { args, before, content, files, remarks, ...rest } = form;
  if (!isLongerThan(LONGEST_LISTED, [withoutAbsent({ args, before, files, remarks }) as Json, content as Json])) return form;
  const asked = remarks?.filter(({ from }) => from === "person");
  return { ...rest, content: [], left_out: true, ...withoutAbsent({ remarks: asked }) };
}

/** Looks no further than it has to. */
function isLongerThan(most: number, values: readonly Json[]): boolean {
  const waiting = [...values];
  for (let left = most; left >= 0; ) {
    const value = waiting.pop();
    if (value === undefined) return false;
    if (typeof value === "string") left -= value.length;
    if (typeof value !== "object" || value === null) continue;
    const parts: readonly Json[] = Array.isArray(value) ? value : Object.entries(value).flat();
    left -= parts.length;
    if (left >= 0) waiting.push(...parts);
  }
  return true;
}

const glancesOf = ({ median, ...rest }: Attention): AttentionForm => ({ ...rest, median_ms: median });

const iso = (time: number): string => new Date(time).toISOString();
