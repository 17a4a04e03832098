import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { AuditLog } from "../../audit/log.ts";
import type { NoteSigner } from "../../audit/note.ts";
import type { Config } from "../../config/index.ts";
import { codeOf } from "../../core/errors.ts";
import type { AuditLayer, Layers } from "../../core/layers.ts";
import { escalations, type Inbox, openReviewers } from "../../oversight/index.ts";
import type { Ledger, Pins } from "../../permission/index.ts";
import { runTicket } from "../../surfaces/cli/run-ticket.ts";
import type { Documents } from "../../vault/documents.ts";
import type { Composed } from "../layers.ts";
import { approvalsOf, openInbox } from "../people/approvals.ts";
import { namedFiles } from "../people/named-files.ts";
import { attentionStore } from "../people/reviewers.ts";
import { systemClock as clock, systemRandom as random } from "../platform.ts";
import { settling } from "../records/settling.ts";

export interface RunInboxParts {
  /** The name of the server in front of which we stand. */
  readonly server: string;
  /** The folder of our log: nobody else's, as long as we run. */
  readonly own: string;
  readonly documents: Documents;
  readonly signer: NoteSigner;
  readonly audit: AuditLog;
  readonly pins: Pins;
  readonly ledger: Ledger;
  /** A line for the person, on standard error. */
  readonly said: (text: string) => void;
  /** Gets the port at which answers are taken, so that no agent's tool reaches it. */
  readonly ports: number[];
  readonly config: Config;
  /** What was made of it: asked only once somebody asks. */
  readonly made: () => { readonly layers: Layers; readonly toolName: (written: string) => string; readonly recount: Composed["recount"] };
}

export interface RunInbox {
  readonly inbox: Inbox;
  /** The log, with the inbox told how each request ended. */
  over(audit: AuditLayer): AuditLayer;
  shut(): Promise<void>;
}

/**
 * What is asked under `holdfast run`. Standard input and output belong to the client, and a client is no place to approve in; so questions are
 * kept beside the log, and `holdfast approvals` of the same user answers them at a door on loopback, as it does a gateway's.
 */
export async function openRunInbox({ server, own, documents, said, ports, config, made, ...parts }: RunInboxParts): Promise<RunInbox> {
  const name = runTicket.name(server, basename(own));
  const kept = apart(documents, basename(own));
  const reviewers = await openReviewers(attentionStore(kept), () => {
    const { share, within, last } = config.oversight.attention;
    return { share, ms: within, last };
  });
  // What a run was started with holds until it ends.
  const digest = createHash("sha256").update(JSON.stringify(config)).digest("hex");
  const inbox = await openInbox({
    ...parts,
    documents: kept,
    clock,
    random,
    reviewers,
    // Phases are the gateway's: a run keeps no evidence, so an answer here moves no agent.
    phases: { answered() {} },
    files: namedFiles,
    recount: (request) => made().recount(request),
    toolName: (written) => made().toolName(written),
    current: () => ({ config, digest, layers: made().layers }),
  });
  const unfollow = inbox.follow((approval) => {
    if (inbox.stateOf(approval) === "pending" && approval.answers.length === 0) said(waiting(runTicket.of(name, approval.id), approval.bound.action.tool));
  });
  const escalated = escalations(inbox, {
    steps: () => config.oversight.escalate,
    clock,
    failed: (error) => said(`a question could not be escalated (${codeOf(error)})`),
  });
  // In nobody's way: a client waits for our first line, and nobody has been asked yet.
  const door = import("./door.ts").then(({ openDoor }) => openDoor({ own, config, approvals: approvalsOf(inbox, () => config, reviewers), ports }));
  door.catch((error: unknown) => said(`what is asked here cannot be answered: no address to answer at (${codeOf(error)})`));
  return {
    inbox,
    over: (audit) => settling(audit, ({ id }, outcome) => inbox.ended(id, outcome)),
    async shut() {
      unfollow();
      escalated.shut();
      await door.then(
        ({ shut }) => shut(),
        () => {},
      );
      // How the last ones ended is being written.
      await inbox.list(1);
    },
  };
}

const waiting = (ticket: string, tool = "an action"): string =>
  `${ticket}: ${tool} waits for your approval. Look, then answer, in a terminal: holdfast approvals show ${ticket}`;

/** Several clients may start the same server at once, and share its pins: each has questions of its own, as it has a log of its own. */
function apart({ get, put, remove, list }: Documents, name: string): Documents {
  const of = (collection: string): string => `${name}-${collection}`;
  return {
    get: (collection, key) => get(of(collection), key),
    put: (collection, key, value) => put(of(collection), key, value),
    remove: (collection, key) => remove(of(collection), key),
    list: (collection) => list(of(collection)),
  };
}
