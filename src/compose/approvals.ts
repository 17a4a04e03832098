import { request } from "undici";
import type { AuditLog } from "../audit/log.ts";
import { type NoteSigner, noteVerifier, openNote, signNote } from "../audit/note.ts";
import type { Config } from "../config/index.ts";
import type { Clock, Layers } from "../core/layers.ts";
import { judge } from "../core/monitor.ts";
import { type Approval, createInbox, type Documents, digestOf, type Inbox, openShelf, type Person, type Seal, webhooks } from "../oversight/index.ts";
import type { Ledger, Pins } from "../permission/index.ts";
import type { ApprovalForm, Approvals } from "../surfaces/api/index.ts";
import type { Log } from "../telemetry/log.ts";

export interface ApprovalParts {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly signer: NoteSigner;
  readonly audit: AuditLog;
  readonly pins: Pins;
  readonly ledger: Pick<Ledger, "drop">;
  /** What is in force: approvals are bound to it. */
  readonly current: () => { readonly config: Config; readonly digest: string; readonly layers: Layers };
}

/** The inbox of a server. It outlives configurations; what they say is asked each time. */
export async function openInbox({ documents, clock, random, signer, audit, pins, ledger, current }: ApprovalParts): Promise<Inbox> {
  return createInbox({
    shelf: await openShelf(documents),
    clock,
    random,
    seal: sealOf(signer),
    times: () => current().config.oversight,
    policy: () => current().digest,
    definition: (tool) => pins.of(tool)?.pinned?.digest,
    roleHolders: (role) => holders(current().config, role),
    async judge(request) {
      // Under a name of its own: the request itself may wait here, and holds what it reserved.
      const asked = { ...request, id: `${request.id}/edit` };
      const [, decision] = await judge(current().layers, asked, new AbortController().signal);
      ledger.drop(asked.id);
      return decision;
    },
    record: (event, facts) => audit.system(event, facts),
  });
}

/** The key of the log signs, so that an auditor needs one public key for everything. */
export function sealOf(signer: NoteSigner): Seal {
  const verifier = noteVerifier(signer.vkey);
  return { sign: (text) => signNote(text, signer), open: (note) => openNote(note, verifier) };
}

const WEBHOOK_MS = 10_000;

/** Webhooks of the newest configuration. */
export function tellWebhooks(
  inbox: Inbox,
  { config, link, clock, log }: { readonly config: () => Config; readonly link: (ticket: string) => string; readonly clock: Clock; readonly log: Log },
): { shut(): void } {
  return webhooks(inbox, {
    hooks: () =>
      config().oversight.webhooks.map(({ url, format, secret }) => ({ url, format, ...(secret === undefined ? {} : { secret: () => secret.reveal() }) })),
    link,
    clock,
    async post(url, headers, body) {
      const { statusCode, body: answer } = await request(url, { method: "POST", headers, body, headersTimeout: WEBHOOK_MS, bodyTimeout: WEBHOOK_MS });
      await answer.dump();
      return statusCode;
    },
    failed: (facts) => log.warn(facts, "a webhook does not take what it is told"),
  });
}

/** The inbox as the API shows it. */
export function approvalsOf(inbox: Inbox, config: () => Config): Approvals {
  const form = (approval: Approval): ApprovalForm => formOf(approval, inbox);
  return {
    list: async (limit, which) => (await inbox.list(limit, which)).map(form),
    async get(id) {
      const approval = await inbox.get(id);
      return approval === undefined ? undefined : { ...form(approval), ...(approval.receipt === undefined ? {} : { receipt: approval.receipt }) };
    },
    async answer(id, name, { action, args, reason, digest }) {
      const person = personOf(config(), name);
      const answered =
        action === "edit"
          ? await inbox.edit(id, person, args ?? {}, reason, digest)
          : await (action === "approve" ? inbox.approve : inbox.reject)(id, person, reason, digest);
      return "refused" in answered ? answered : { approval: form(answered.approval) };
    },
    async ticket(id, { agent, capability }) {
      const approval = await inbox.get(id);
      const { principal } = approval?.bound ?? {};
      // For anybody else it is not there: tickets count up and are easily guessed.
      if (approval === undefined || principal?.agent !== agent || principal.key !== capability) return undefined;
      const { state, expires_at } = form(approval);
      return { ticket: id, state, expires_at };
    },
    follow: (changed) => inbox.follow(changed),
    waiting: () => inbox.waiting,
  };
}

function formOf(approval: Approval, inbox: Inbox): ApprovalForm {
  const { id, bound, before, reasons, needs, answers, uses, label, surface, request, asked, expires, definition, session } = approval;
  const { action, principal, resource, content } = bound;
  return {
    id,
    digest: digestOf(bound),
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
    reason: reasons[0]?.text ?? "",
    reasons: [...reasons],
    needs: needs.map(({ approvers, count }) => ({ approvers: [...approvers], count })),
    labels: label,
    surface,
    request,
    asked_at: iso(asked),
    expires_at: iso(expires),
    answers: answers.map(({ at, ...answer }) => ({ ...answer, at: iso(at) })),
    uses: uses.map(({ at, ...use }) => ({ ...use, at: iso(at) })),
  };
}

function personOf({ people }: Config, name: string): Person {
  const person = Object.hasOwn(people, name) ? people[name] : undefined;
  return { name, ...(person?.user === undefined ? {} : { user: person.user }) };
}

const holders = ({ people }: Config, role: string): readonly string[] =>
  Object.entries(people).flatMap(([name, { roles }]) => (roles.includes(role) ? [name] : []));

const iso = (time: number): string => new Date(time).toISOString();
