import { type AuditLog, type LogOptions, openLog } from "../../src/audit/log.ts";
import { maskingWith } from "../../src/audit/mask.ts";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import type { LogSource, LogStore } from "../../src/audit/store.ts";
import { type Decision, deny, permit } from "../../src/core/decision.ts";
import { NEUTRAL_LABEL } from "../../src/core/label.ts";
import type { Clock, Inspection } from "../../src/core/layers.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Request } from "../../src/core/request.ts";

export const wallClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, fire) => {
    const handle = setTimeout(fire, ms);
    return () => clearTimeout(handle);
  },
};

/** Time stands still, and timers fire only when the test says so. */
export function stoppedClock(): Clock & { fire(): void } {
  const timers = new Set<() => void>();
  return {
    now: () => 1_760_000_000_000,
    monotonic: () => 0,
    timer: (_ms, fire) => {
      timers.add(fire);
      return () => void timers.delete(fire);
    },
    fire: () => {
      for (const fire of [...timers]) {
        timers.delete(fire);
        fire();
      }
    },
  };
}

export const testSigner = noteSigner(signerKey("example.org/log", Buffer.alloc(32, 7)));
export const otherSigner = noteSigner(signerKey("example.org/log", Buffer.alloc(32, 8)));
export const testMasking = maskingWith(Buffer.alloc(32, 9));

export function openTestLog(store: LogStore, options: Partial<LogOptions> = {}): Promise<AuditLog> {
  return openLog({ store, clock: stoppedClock(), signer: testSigner, masking: testMasking, ...options });
}

export function requestOf(id: string, more: Partial<Request> = {}): Request {
  return {
    id,
    principal: { agent: "support", user: "anna@example.org", session: "s-1", capability: "key-1" },
    action: { type: "tool.call", tool: "crm.read_mail", args: { folder: "inbox" } },
    resource: { type: "mailbox", id: "inbox" },
    content: [{ source: { kind: "user" }, label: NEUTRAL_LABEL, text: `please read my mail, request ${id}` }],
    context: { time: 1_760_000_000_000, surface: "api", parent: "r-0", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    ...more,
  };
}

export const inspectionOf = (request: Request): Inspection => ({
  decision: { effect: "permit", reasons: [], obligations: [] },
  label: NEUTRAL_LABEL,
  passages: [
    ...request.content.map((content, i) => ({ at: `content/${i}`, text: content.text ?? JSON.stringify(content.value), findings: [] })),
    ...Object.entries(request.action.args ?? {}).map(([name, value]) => ({ at: `args/${name}`, text: String(value), findings: [] })),
  ],
});

export const permitted: Decision = permit({ id: "roles/support", text: "the role may read mail" });
export const refusedBy: Decision = deny({ id: "rules/no-mail", text: "mail is not for this agent" });

export const done = (text = "three new mails"): Outcome => ({
  status: "done",
  decision: permitted,
  verdict: { decision: permit({ id: "output/clean", text: "nothing was found" }), passages: [{ at: "text/0", text, findings: [] }] },
  facts: { status: 200 },
});

/** Records one request from beginning to end; durable when it resolves. */
export async function recordOne(log: AuditLog, id: string, outcome: Outcome = done()): Promise<void> {
  const request = requestOf(id);
  const entry = log.open(request);
  await entry.decided(request, permitted, inspectionOf(request));
  entry.close(outcome);
}

export async function linesOf(source: LogSource): Promise<string[]> {
  const found: string[] = [];
  for (const size = await source.size(); found.length < size; )
    found.push(...(await source.read(found.length, size)).map((line) => Buffer.from(line).toString()));
  return found;
}
