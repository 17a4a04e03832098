/** An audit log as long as a busy gateway's, written by the log's own writer: every record is masked, chained, hashed and signed as any other. */
import { join } from "node:path";
import { openKeys } from "../../src/audit/keys.ts";
import { openLog } from "../../src/audit/log.ts";
import { type Decision, deny, permit } from "../../src/core/decision.ts";
import { NEUTRAL_LABEL, UNTRUSTED } from "../../src/core/label.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Request } from "../../src/core/request.ts";
import { openFileLog } from "../../src/stores/file.ts";
import { systemClock } from "./console-stage.ts";

const AGENTS = ["support", "billing", "research", "inventory", "travel"];
const TOOLS = ["crm.read_mail", "crm.send_mail", "shop.refund", "files.search", "calendar.add", "web.fetch"];
const HOUR = 3_600_000;
/** Decisions that are made at the same time, and so reach the disk together. */
const AT_ONCE = 50;

/** One decision in so many is the needle of a search; the oldest is one. */
export const RARE_EVERY = 10_000;
export const RARE = "vault.open_door";

/** Every seventh is refused: those that leave 3. */
export const REFUSED_EVERY = 7;
export const idOf = (n: number): string => `req-${n.toString(36).padStart(8, "0")}-4f1c-9a77`;

/** Writes so many decisions, each with its outcome, into the data folder of a gateway that is not running; the last of them was made now. */
export async function writeLongLog(folder: string, decisions: number): Promise<void> {
  const start = Date.now() - decisions * SPACING;
  let now = start;
  const { signer, masking } = await openKeys(folder);
  const log = await openLog({ store: await openFileLog(join(folder, "audit")), clock: { ...systemClock, now: () => now }, signer, masking });
  for (let n = 0; n < decisions; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, decisions - n) }, (_, i) => n + i);
    await Promise.all(
      some.map(async (i) => {
        now = start + i * SPACING;
        const request = requestOf(i, now);
        const decision = i % REFUSED_EVERY === 3 ? REFUSED : PERMITTED;
        const entry = log.open(request);
        const passages = [{ at: "content/0", text: TEXT, findings: [] }];
        const written = entry.decided(request, decision, { decision, label: UNTRUSTED, passages });
        entry.close(decision === REFUSED ? { status: "denied", decision } : DONE);
        await written;
      }),
    );
    await log.flush();
  }
  await log.shut();
}

/** Milliseconds between two decisions: a hundred thousand are two days. */
const SPACING = (48 * HOUR) / 100_000;
const TEXT = "Please look through my inbox and tell me what is new since yesterday, and whether anybody waits for an answer of mine.";
const PERMITTED: Decision = permit({ id: "roles/clerk", text: "the role may use this tool" });
const REFUSED: Decision = deny({ id: "flow/untrusted-recipient", text: "the recipient comes from untrusted content, not from the user" });
const DONE: Outcome = {
  status: "done",
  decision: PERMITTED,
  verdict: { decision: PERMITTED, passages: [{ at: "text/0", text: "three new mails", findings: [] }] },
};

function requestOf(n: number, time: number): Request {
  const tool = n % RARE_EVERY === 0 ? RARE : TOOLS[n % TOOLS.length]!;
  return {
    id: idOf(n),
    principal: { agent: AGENTS[n % AGENTS.length]!, user: `person-${n % 40}@example.org`, session: `session-${n >> 3}`, capability: "key-1" },
    action: { type: "tool.call", tool, args: { number: n % 1000 } },
    resource: { type: "record", id: `customer-${n % 5000}` },
    content: [{ source: { kind: "user" }, label: NEUTRAL_LABEL, text: TEXT }],
    context: { time, surface: "api" },
  };
}
