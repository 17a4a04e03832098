import type { Request } from "../core/request.ts";
import type { Approval } from "./approval.ts";
import { boundOf } from "./bound.ts";
import type { InboxOptions } from "./inbox.ts";
import type { Shelf } from "./shelf.ts";
import type { Turns } from "./turns.ts";

/** What a question begins with; `lasts` in milliseconds. */
export type Opened = Omit<Approval, "id" | "policy" | "nonce" | "asked" | "expires" | "answers" | "state" | "uses"> & { readonly lasts: number };

interface Parts extends Pick<InboxOptions, "random" | "record" | "files"> {
  readonly shelf: Shelf;
  readonly turns: Turns;
  readonly open: (question: Opened) => Promise<Approval>;
  readonly put: (approval: Approval) => Promise<Approval>;
  readonly isOver: (approval: Approval) => boolean;
  readonly now: () => number;
}

/** The part of the inbox that holds questions which nobody asked. */
export interface Planting {
  /** Puts one before people: `request` is what it claims, `like` what it is made of. Gives its ticket. */
  plant(request: Request, like: Approval): Promise<string>;
  /** Takes those away that nobody answered in time, and says so in the log. */
  sweepPlanted(): Promise<void>;
}

export function plantings({ shelf, turns, random, open, put, isOver, now, record, files }: Parts): Planting {
  return {
    async plant(request, { definition, counted, reasons, needs, label, surface, session, asked, expires }) {
      const named = (await files?.(request)) ?? [];
      const { id } = await open({
        // INVARIANT: no request has this digest, whatever it asks: an answer to it lets nothing through and stops nothing.
        digest: `control-${Buffer.from(random(16)).toString("hex")}`,
        control: true,
        bound: boundOf(request),
        ...(definition === undefined ? {} : { definition }),
        ...(named.length === 0 ? {} : { files: named }),
        ...(counted === undefined ? {} : { counted: { ...counted, at: now() } }),
        reasons,
        needs,
        label,
        surface,
        ...(session === undefined ? {} : { session }),
        request: request.id,
        lasts: expires - asked,
      });
      return id;
    },
    async sweepPlanted() {
      for (const { id, digest, control } of shelf.all())
        if (control === true)
          await turns.take(digest, async () => {
            const approval = await shelf.get(id);
            if (approval?.state !== "pending" || !isOver(approval)) return;
            await record("control-unanswered", { ticket: id, agent: approval.bound.principal.agent, request: approval.request });
            await put({ ...approval, state: "void" });
          });
    },
  };
}
