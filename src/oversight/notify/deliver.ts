import type { Clock } from "../../core/layers.ts";
import type { Channel, Notice } from "./channel.ts";

/** Waits between tries, in milliseconds. */
const WAITS = [1_000, 5_000, 30_000, 120_000, 600_000];

export interface DeliveryOptions {
  readonly clock: Clock;
  /** Told when a channel was given up on. */
  readonly failed: (facts: { readonly host: string; readonly status?: number }) => void;
}

export interface Delivery {
  /** Sends until it is taken or given up on. */
  send(channel: Channel, notice: Notice): void;
  shut(): void;
}

export function delivery({ clock, failed }: DeliveryOptions): Delivery {
  const timers = new Set<() => void>();
  let stopped = false;

  async function attempt(channel: Channel, notice: Notice, tries: number): Promise<void> {
    const sent = await channel.send(notice).catch(() => ({ is: "later" }) as const);
    if (stopped || sent.is === "taken") return;
    const wait = WAITS[tries];
    if (sent.is === "refused" || wait === undefined)
      return failed({ host: channel.host, ...("status" in sent && sent.status !== undefined ? { status: sent.status } : {}) });
    const cancel = clock.timer(wait, () => {
      timers.delete(cancel);
      void attempt(channel, notice, tries + 1);
    });
    timers.add(cancel);
  }

  return {
    send: (channel, notice) => void attempt(channel, notice, 0),
    shut() {
      stopped = true;
      for (const cancel of timers) cancel();
    },
  };
}
