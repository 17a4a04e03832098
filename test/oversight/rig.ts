/** An inbox over real documents in memory, with people, a clock, a policy and a disk that the test owns. */
import { noteSigner, noteVerifier, openNote, signerKey, signNote } from "../../src/audit/note.ts";
import { ask, type Decision, permit, type Request, type Resolution, UNTRUSTED } from "../../src/core/index.ts";
import { createInbox, type Inbox, type InboxOptions, openShelf, type Person } from "../../src/oversight/index.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";

export const MINUTE = 60_000;
export const signer = noteSigner(signerKey("holdfast/test", new Uint8Array(32).fill(7)));
export const seal = { sign: (text: string) => signNote(text, signer), open: (note: string) => openNote(note, noteVerifier(signer.vkey)) };
const never = new AbortController().signal;
export const operator: Person = { name: "operator" };
export const anna: Person = { name: "anna", user: "anna@example.org", login: "account-4711" };
export const ben: Person = { name: "ben" };
export const carl: Person = { name: "carl" };
const ROLES: { readonly [role: string]: readonly string[] } = { finance: ["anna", "ben"] };

const REASON = { id: "rules/big-payment", text: "rule `big-payment` asks a person" };
export const asked: Decision = ask(REASON);
export const needing = (approvers: readonly string[], count = 1, expires?: number): Decision => ({
  ...asked,
  obligations: [{ kind: "approval", approvers, count, ...(expires === undefined ? {} : { expires }) }],
});

let requests = 0;
export const pay = (args: NonNullable<Request["action"]["args"]> = { to: "ACME", amount: 700 }, over: Partial<Request> = {}): Request => ({
  id: `req_${++requests}`,
  principal: { agent: "support", user: "uwe", capability: "key_1" },
  action: { type: "tool.call", tool: "pay.send", args },
  resource: { type: "tool", id: "pay.send" },
  content: [{ source: { kind: "model" }, label: UNTRUSTED, text: "" }],
  context: { time: 0, surface: "mcp-gateway" },
  ...over,
});

/** An inbox over a real shelf, with a clock, a policy and a disk that the test owns. */
export async function rig(over: Partial<InboxOptions> = {}) {
  const world = {
    wall: Date.UTC(2026, 10, 26),
    monotonic: 0,
    policy: "policy-1",
    definition: "definition-1",
    /** The disk: `torn` has written, and nobody is told. */
    broken: false as boolean | "torn",
    judged: permit({ id: "roles/x", text: "granted" }),
  };
  const timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  const documents = memoryDocuments();
  const records: { readonly event: string; readonly [fact: string]: string }[] = [];
  const faulty = {
    ...documents,
    put(collection: string, key: string, value: Parameters<typeof documents.put>[2]) {
      if (world.broken === true) throw new Error("EIO");
      const written = documents.put(collection, key, structuredClone(value));
      if (world.broken === "torn") throw new Error("EIO");
      return written;
    },
  };
  const open = async (): Promise<Inbox> =>
    createInbox({
      shelf: await openShelf(faulty),
      clock: {
        now: () => world.wall,
        monotonic: () => world.monotonic,
        timer(ms, fire) {
          const timer = { at: world.monotonic + ms, fire };
          timers.add(timer);
          return () => void timers.delete(timer);
        },
      },
      random: (bytes) => new Uint8Array(bytes).fill(requests),
      seal,
      times: () => ({ hold: 0, expires: 60 * MINUTE, keep: 30 * 1440 * MINUTE }),
      policy: () => world.policy,
      definition: () => world.definition,
      roleHolders: (role) => ROLES[role] ?? [],
      judge: async () => world.judged,
      record: async (event, facts) => void records.push({ event, ...facts }),
      ...over,
    });
  const inbox = await open();
  return {
    world,
    documents,
    records,
    inbox,
    /** What a restart finds on the disk. */
    restart: open,
    pass(ms: number) {
      world.wall += ms;
      world.monotonic += ms;
      for (const timer of [...timers]) if (timer.at <= world.monotonic && timers.delete(timer)) timer.fire();
    },
    ask: async (request: Request, decision: Decision = asked, by: Inbox = inbox): Promise<Resolution> => by.layer.resolve(request, decision, never),
  };
}
export type Rig = Awaited<ReturnType<typeof rig>>;

export const kindOf = (resolution: Resolution): string =>
  resolution.kind === "deny" || resolution.kind === "permit" ? `${resolution.kind} ${resolution.reason.id}` : resolution.kind;
export const refusedWith = (answered: Awaited<ReturnType<Inbox["approve"]>>): string => ("refused" in answered ? answered.refused : answered.approval.state);
export const DONE = { status: "done", decision: asked, verdict: { decision: permit({ id: "x", text: "x" }), passages: [] } } as const;
