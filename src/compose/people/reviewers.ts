import { ask, CHATS, join } from "../../core/decision.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { AuditLayer, Clock, Layers } from "../../core/layers.ts";
import { type Approval, type AttentionStore, type Inbox, isForChat, spoiled } from "../../oversight/index.ts";
import type { Documents } from "../../vault/documents.ts";

const COLLECTION = "attention";
const keyOf = (person: string): string => `person-${person}`;

/** How people look, as documents of the store. */
export function attentionStore(documents: Documents): AttentionStore {
  return {
    load: async () =>
      (await documents.list(COLLECTION)).map(({ key, value }) => {
        const { person, glances } = isObject(value) ? value : {};
        if (typeof person === "string" && keyOf(person) === key && Array.isArray(glances) && glances.every(isGlance))
          return { person, glances: glances as unknown as Awaited<ReturnType<AttentionStore["load"]>>[number]["glances"] };
        throw new HoldfastError("unavailable", "how people answered cannot be read; the store was changed by something else");
      }),
    save: async (person, glances) => void (await documents.put(COLLECTION, keyOf(person), { person, glances: glances as unknown as Json })),
  };
}

const isGlance = (value: Json): boolean =>
  isObject(value) && typeof value["at"] === "number" && typeof value["took"] === "number" && typeof value["action"] === "string";

export interface Planting {
  readonly inbox: Inbox;
  /** What records decisions for everybody: a planted question has a record like every other. */
  readonly audit: AuditLayer;
  readonly layers: () => Layers;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
  /** Of 1: after which share of real questions one is planted. */
  readonly share: () => number;
  readonly failed: (error: unknown) => void;
}

/** It was just asked: nobody has answered, nothing was said of it, nobody else was let answer. ATTACK: an agent that keeps talking must not throw the dice again. */
const isNew = ({ state, answers, remarks, escalated }: Approval): boolean =>
  state === "pending" && answers.length === 0 && remarks === undefined && escalated === undefined;

/** Within this time after a real question, so that neither its place nor its time gives a planted one away. */
const WITHIN_MS = 10 * 60_000;
const NEVER = new AbortController().signal;

/**
 * Plants questions that nobody should approve among those that agents ask, one at a time. INVARIANT: nothing is performed and no agent is told:
 * there is no agent behind it, and its digest is no request's.
 */
export function planting({ inbox, audit, layers, clock, random, newId, share, failed }: Planting): { shut(): void } {
  const cancels = new Set<() => void>();
  const later = (ms: number, run: () => Promise<void>): void => {
    const cancel = clock.timer(ms, () => {
      cancels.delete(cancel);
      void run().catch(failed);
    });
    cancels.add(cancel);
  };
  const chance = (): number => Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
  const waiting = async (): Promise<readonly Approval[]> => (await inbox.list(Number.POSITIVE_INFINITY, "pending")).filter(({ control }) => control === true);
  const sweepAt = (expires: number): void => later(expires - clock.now() + 1_000, inbox.sweepPlanted);
  const plant = async (like: Approval): Promise<void> => {
    const request = spoiled(like, newId(), clock.now());
    // A chat would tell by its buttons what was planted and what was not.
    if (CHATS.some((chat) => isForChat(like, chat, like.policy))) return;
    if (request === undefined || share() === 0 || (await waiting()).length > 0) return;
    const inspection = await layers().input.inspect(request, NEVER);
    const reasons = like.reasons.map(ask).reduce(join);
    const decision = join(reasons, inspection.decision);
    // What would be denied anyway is asked of nobody.
    if (decision.effect !== "ask") return;
    const entry = audit.open(request);
    await entry.decided(request, decision, inspection);
    entry.close({ status: "pending", decision, ticket: await inbox.plant(request, like) });
    sweepAt(clock.now() + like.expires - like.asked);
  };
  let onItsWay = false;
  const unfollow = inbox.follow((approval) => {
    if (approval.control === true || !isNew(approval)) return;
    if (onItsWay || chance() >= share()) return;
    onItsWay = true;
    later(1 + chance() * WITHIN_MS, () =>
      plant(approval).finally(() => {
        onItsWay = false;
      }),
    );
  });
  // Those that ran out of time while nothing ran, and those that still wait.
  void inbox
    .sweepPlanted()
    .then(waiting)
    .then((still) => {
      for (const { expires } of still) sweepAt(expires);
    })
    .catch(failed);
  return {
    shut() {
      unfollow();
      for (const cancel of cancels) cancel();
    },
  };
}
