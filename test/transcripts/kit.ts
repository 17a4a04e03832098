/** Small real layers for the tests of the surfaces: a word is injection, a word is secret, one tool is granted. */

import { defaultLabel } from "../../src/core/content.ts";
import { ask, deny, NEUTRAL, permit } from "../../src/core/decision.ts";
import type { Finding } from "../../src/core/detector.ts";
import { HoldfastError } from "../../src/core/errors.ts";
import { JSON_LIMITS, type Json } from "../../src/core/json.ts";
import { joinLabels, NEUTRAL_LABEL } from "../../src/core/label.ts";
import type { Clock, Filter, Layers } from "../../src/core/layers.ts";
import type { Outcome, Passage } from "../../src/core/outcome.ts";
import type { Request } from "../../src/core/request.ts";
import type { AgentForm, ApiParts, Story, Summary, Wanted } from "../../src/surfaces/api/index.ts";

const NO_INCIDENT = { refused: "not-there", text: "there is none" };

export interface Records {
  readonly intents: { request: Request; effect: string }[];
  readonly outcomes: { id: string; outcome: Outcome }[];
  /** What `open` meets: set to make the log refuse. */
  fault?: Error | undefined;
}

/** A clock that moves when it is told to. */
export function handClock(): Clock & { pass(ms: number): void } {
  let now = 1_000_000;
  let timers: { at: number; fire: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    timer(ms, fire) {
      const one = { at: now + ms, fire };
      timers.push(one);
      return () => {
        timers = timers.filter((other) => other !== one);
      };
    },
    pass(ms) {
      now += ms;
      for (let due = timers.find(({ at }) => at <= now); due !== undefined; due = timers.find(({ at }) => at <= now)) {
        timers = timers.filter((other) => other !== due);
        due.fire();
      }
    },
  };
}

const found = (text: string): Finding[] =>
  [
    ["orders", "injection", 0.9],
    ["SECRET", "credential", 1],
  ].flatMap(([word, kind, score]) =>
    [...text.matchAll(new RegExp(String(word), "g"))].map((match) => ({
      detector: `test-${String(kind)}`,
      kind: kind as Finding["kind"],
      start: match.index,
      end: match.index + String(word).length,
      score: Number(score),
    })),
  );

export function kitLayers(clock: Clock): { layers: Layers; records: Records } {
  const records: Records = { intents: [], outcomes: [] };
  const layers: Layers = {
    clock,
    deadlines: { inspect: 1000, decide: 1000, record: 1000 },
    audit: {
      open(asked) {
        if (records.fault !== undefined) throw records.fault;
        return {
          decided: async (request, decision) => void records.intents.push({ request, effect: decision.effect }),
          close: (outcome) => void records.outcomes.push({ id: asked.id, outcome }),
        };
      },
    },
    input: {
      inspect: ({ content }) => ({
        decision: NEUTRAL,
        label: content.map(({ label }) => label).reduce(joinLabels, NEUTRAL_LABEL),
        passages: content.flatMap((one, i): Passage[] => (one.text === undefined ? [] : [{ at: `content/${i}`, text: one.text, findings: found(one.text) }])),
      }),
    },
    permission: {
      decide(request, { label }) {
        if (request.action.tool === "crm.read_mail") return permit({ id: "roles/support", text: "the role may read" });
        if (request.action.tool === "crm.send_mail" && label.integrity !== "untrusted") return permit({ id: "roles/support", text: "the role may write" });
        if (request.action.tool === "crm.send_mail") return ask({ id: "flow/untrusted-context", text: "untrusted content is in play" });
        return deny({ id: "default-deny", text: "nothing permits this action" });
      },
    },
    oversight: { resolve: () => ({ kind: "nobody" }) },
    sandbox: { execute: () => Promise.reject(new Error("nothing is performed here")) },
    output: { open: () => masking() },
  };
  return { layers, records };
}

/** Masks the secret word; withholds everything once it reads `BLOCK`. */
function masking(): Filter {
  const held = new Map<string, string>();
  const passages: Passage[] = [];
  let blocked = false;
  const pass = (at: string, text: string): string => {
    passages.push({ at, text, findings: found(text) });
    blocked ||= text.includes("BLOCK");
    return blocked ? "" : text.replaceAll("SECRET", "[masked]");
  };
  return {
    text(channel, text) {
      held.set(channel, (held.get(channel) ?? "") + text);
      return "";
    },
    end: (channel) => pass(channel, held.get(channel) ?? ""),
    value: (value): Json => JSON.parse(pass("value/0", JSON.stringify(value)) || "null") as Json,
    get blocked() {
      return blocked;
    },
    verdict: () => ({
      decision: blocked ? deny({ id: "output/blocked", text: "this may not leave" }) : permit({ id: "output/clean", text: "nothing is held back" }),
      passages,
    }),
  };
}

export const AGENT_KEY = "hf_agent";
export const OTHER_KEY = "hf_other";
export const OPERATOR_TOKEN = `hfo_${"a".repeat(43)}`;
export const COOKIE = "a-session";

export const summaryOf = (seq: number): Summary => ({
  id: `req_${seq}`,
  seq,
  time: "2026-11-21T09:00:00.000Z",
  agent: "support",
  action: "tool.call",
  tool: "crm.read_mail",
  effect: "permit",
  status: "done",
  reason: { id: "roles/support", text: "the role may read", effect: "permit" },
  findings: 0,
  masked: false,
});

const storyOf = (summary: Summary): Story => ({
  summary,
  records: [{ kind: "intent", id: summary.id }],
  children: [],
  proof: { index: summary.seq, size: 9, root: "cm9vdA==", hashes: [], checkpoint: "a note", vkey: "a+00000000+key", text: "c2sp.org/tlog-proof@v1" },
});

export interface Kit {
  readonly parts: ApiParts;
  readonly records: Records;
  readonly wanted: Wanted[];
  readonly samples: string[];
  /** Pushes a decision to whoever follows the log. */
  readonly push: (summary: Summary) => void;
  operatorGone: boolean;
}

export function kit(clock: Clock): Kit {
  const { layers, records } = kitLayers(clock);
  const followers = new Set<(summary: Summary) => void>();
  const wanted: Wanted[] = [];
  const samples: string[] = [];
  let ids = 0;
  const made: Kit = {
    records,
    wanted,
    samples,
    operatorGone: false,
    push: (summary) => {
      for (const follower of followers) follower(summary);
    },
    parts: {
      layers,
      label: defaultLabel,
      limits: { ...JSON_LIMITS, bytes: 64 * 1024, string: 32 * 1024 },
      longestText: 1000,
      newId: () => `req_${++ids}`,
      keys: {
        verify: (text) =>
          text === AGENT_KEY ? { id: "key_1", agent: "support" } : text === OTHER_KEY ? { id: "key_2", agent: "other", user: "anna" } : undefined,
        watch: () => () => {},
      },
      async operator(headers) {
        if (made.operatorGone) return undefined;
        if (headers.get("authorization") === `Bearer ${OPERATOR_TOKEN}`) return { operator: { name: "operator" }, by: "token" };
        return headers.get("cookie") === `__Host-holdfast=${COOKIE}`
          ? { operator: { name: "operator" }, by: "cookie", session: { id: "s1", age: 0 } }
          : undefined;
      },
      ...NO_PASSKEYS,
      agents: {
        list: () => ({ agents: [{ agent: "support", ...STANDING }] }),
        pause: async () => false,
        resume: async () => false,
        history: () => [],
        promote: async () => ({ refused: "not-earned", text: "the numbers are not there yet: `stay`" }),
        demote: async () => undefined,
      },
      policies: {
        show: async () => ({ rules: [], tools: [], agents: ["support"], tests: 0, looked: 0, text: "rules: []\n", digest: "", proposals: [], may_save: true }),
        draft: async (text) => ({ ok: true, faults: [], warnings: [], rules: text.split("\n").length, tests: 0 }),
        try: async () => ({ effect: "deny", reasons: [], labels: { integrity: "user", readers: "public", categories: [], origins: [] }, faults: [] }),
        edit: ({ text }) => text,
        async *replay() {},
        maySave: () => true,
        save: async () => ({ in_force: true, digest: "", faults: [] }),
        versions: () => [],
      },
      incidents: { list: () => [], get: () => undefined, open: async () => NO_INCIDENT, act: async () => NO_INCIDENT },
      rollbacks: { list: async () => [], get: async () => undefined, run: async () => undefined, settle: async () => undefined, runOwn: async () => undefined },
      history: {
        async list(query) {
          wanted.push(query);
          return { decisions: [summaryOf(8), summaryOf(7)], next: 7 };
        },
        timeline: async () => ({ slices: [{ from: "2026-11-21T09:00:00.000Z", permit: 3, ask: 0, deny: 1 }], reasons: [], whole: true }),
        story: async (id) => (id === "req_8" ? storyOf(summaryOf(8)) : undefined),
        follow(after, push) {
          for (let seq = (after ?? 8) + 1; seq <= 8; seq++) push(summaryOf(seq));
          followers.add(push);
          return () => followers.delete(push);
        },
      },
      approvals: {
        list: async () => [],
        get: async () => undefined,
        answer: async (id) => ({ refused: "not-there", text: `there is no approval \`${id}\`` }),
        explain: async () => ({ refused: "not-there", text: "there is no question of this id" }),
        ticket: async () => undefined,
        follow: () => () => {},
        answerAll: async () => [],
        rule: async () => undefined,
        attention: (person) => ({ own: { person, answers: 0, approved: 0, median_ms: 0, caught: 0, missed: 0 }, all: [] }),
        waiting: () => 0,
      },
      status: () => ({
        version: "0.0.0",
        mode: { enforce: 1, monitor: 0 },
        agents: 1,
        audit: { size: 9, healthy: true, root: "cm9vdA==", checkpoint: "a note", vkey: "a+00000000+key" },
        since: "2026-11-21T09:00:00.000Z",
        counts: { requests: 1, permitted: 1, asked: 0, denied: 0, masked: 0, waiting: 0, incidents: 0, paused: 0 },
        base_url: "http://127.0.0.1:8787",
        models: ["practice/default"],
      }),
      async sample(task) {
        samples.push(task);
        if (task !== "attacked-inbox") throw new HoldfastError("bad-request", "there is no such practice task");
        return { ids: ["req_8"] };
      },
      baseUrl: "http://127.0.0.1:8787",
      version: "0.0.0",
    },
  };
  return made;
}

/** Nobody has a passkey, and nothing is set up. */
export const NO_PASSKEYS: Pick<ApiParts, "stepUp" | "passkeys" | "settings"> = {
  stepUp: {
    mode: () => "registered",
    has: async () => false,
    ask: () => Promise.reject(new HoldfastError("denied", "there is none")),
    check: () => Promise.reject(new HoldfastError("denied", "there is none")),
  },
  passkeys: {
    list: async () => ({ passkeys: [], step_up: "registered", fresh: true }),
    create: () => Promise.reject(new HoldfastError("denied", "there is no host")),
    add: () => Promise.reject(new HoldfastError("denied", "there is no host")),
    rename: async () => false,
    remove: async () => false,
  },
  settings: {
    people: async () => ({ people: [], roles: [] }),
    sessions: () => [],
    endSession: async () => false,
    endSessions: async () => {},
    keys: async () => [],
    mint: async () => ({ refused: "no-agent" }),
    revokeKey: async () => false,
    channels: () => ({ channels: [], language: "en", digest: 0, escalate: [] }),
    test: async () => undefined,
  },
};

const STANDING: Omit<AgentForm, "agent"> = {
  phase: "supervised",
  graduated: true,
  since: "2026-11-21T09:00:00.000Z",
  criteria: [{ id: "stay", value: 0, wanted: 7, met: false }],
  role: "support",
  models: ["practice/*"],
  read: ["crm.*"],
  write: [],
  deny: [],
};
