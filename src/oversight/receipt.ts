import { createHash } from "node:crypto";
import type { Counted } from "../core/counted.ts";
import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Approval, Receipt } from "./approval.ts";

/** Signs a text as a C2SP note with the key of the log, and reads one that it signed: the text, or undefined. */
export interface Seal {
  sign(text: string): string;
  open(note: string): string | undefined;
}

/** The first line keeps a receipt from being taken for a checkpoint of the log, which the same key signs. */
const FIRST_LINE = "holdfast.dev/approval/v1";

/**
 * What is signed: all that would be done (tool and hash of its definition, arguments, target), for whom, why it was asked, under which policy,
 * until when, and who answered what.
 */
export function statementOf(approval: Approval): JsonObject {
  const { id, bound, digest, definition, files, counted, remarks, policy, nonce, reasons, needs, escalated, asked, expires, before, answers, state, control } =
    approval;
  return {
    id,
    state,
    ...(bound as unknown as JsonObject),
    ...(before === undefined ? {} : { before }),
    asked_as: digest,
    ...(definition === undefined ? {} : { definition }),
    ...(files === undefined ? {} : { files: files.map(({ path, is }) => ({ path, is })) }),
    ...(counted === undefined ? {} : { counted: countedForm(counted) }),
    ...(control === undefined ? {} : { control }),
    policy,
    nonce,
    reasons: reasons.map((reason) => reason.id),
    needs: needs as unknown as Json,
    ...(escalated === undefined ? {} : { escalated: [...escalated] }),
    asked_at: new Date(asked).toISOString(),
    expires_at: new Date(expires).toISOString(),
    ...(remarks === undefined ? {} : { remarks: remarks.map(({ at, ...said }) => ({ ...said, at: new Date(at).toISOString() })) }),
    answers: answers.map(({ at, ...answer }) => ({ ...answer, at: new Date(at).toISOString() })),
  };
}

/** As it stands in a receipt and in the API. */
export const countedForm = ({ at, ...counted }: Counted) => ({ ...counted, at: new Date(at).toISOString() });

export function sealed(approval: Approval, seal: Seal): Receipt {
  const statement = statementOf(approval);
  return { statement, note: seal.sign(textOf(statement)) };
}

/** True if exactly this approval was signed: one that somebody changed in the store is none. */
export function isSealed(approval: Approval, seal: Seal): boolean {
  const { receipt } = approval;
  return receipt !== undefined && canonicalJson(statementOf(approval)) === canonicalJson(receipt.statement) && verifyReceipt(receipt, seal);
}

/** True if the statement is what the note signs. Needs nothing but the public key. */
export function verifyReceipt({ statement, note }: Receipt, seal: Pick<Seal, "open">): boolean {
  return seal.open(note) === textOf(statement);
}

/** Reads a receipt, or anything that carries one as `receipt`; undefined for what is neither. */
export function readReceipt(value: Json): Receipt | undefined {
  if (!isObject(value)) return undefined;
  const { statement, note, receipt } = value;
  if (isObject(receipt)) return readReceipt(receipt);
  return isObject(statement) && typeof note === "string" ? { statement, note } : undefined;
}

const textOf = (statement: JsonObject): string => `${FIRST_LINE}\n${createHash("sha256").update(canonicalJson(statement)).digest("base64")}\n`;
