/** The console's API over real passkeys, sessions and questions in memory, and somebody in front of it who has authenticators. */
import { createHash, randomBytes } from "node:crypto";
import { approvalsOf } from "../src/compose/people/approvals.ts";
import { passkeysOf } from "../src/compose/people/passkeys.ts";
import { systemClock } from "../src/compose/platform.ts";
import { outOfTheBox } from "../src/config/index.ts";
import { JSON_LIMITS } from "../src/core/json.ts";
import { agentRoutes } from "../src/surfaces/api/agents.ts";
import { approvalRoutes } from "../src/surfaces/api/approval-routes.ts";
import { type Entrance, mounted, operatorAccess, operatorsOf, passkeyRoutes, type StepUpMode, stepUpRoute } from "../src/surfaces/api/index.ts";
import { namesFor } from "../src/surfaces/http/bind.ts";
import { memoryDocuments } from "../src/vault/documents.ts";
import { createSessions } from "../src/vault/sessions.ts";
import { createWebauthn } from "../src/vault/webauthn.ts";
import { type Authenticator, authenticator } from "./authenticator.ts";
import { rig as questions } from "./oversight/rig.ts";
import { kit } from "./transcripts/kit.ts";

/** One thread for all tests of a process. */
const webauthn = createWebauthn(systemClock);

export const PORT = 8787;
export const HOST = "localhost";
export const TOKEN = `hfo_${"t".repeat(43)}`;
const ANNAS = `hfo_${"a".repeat(43)}`;

export interface Answer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown };
}

export async function stage(mode: StepUpMode = "registered") {
  const time = { wall: Date.UTC(2026, 10, 27), monotonic: 0 };
  const clock = { now: () => time.wall, monotonic: () => time.monotonic, timer: () => () => {} };
  const world = { mode, recording: true };
  const records: { readonly event: string; readonly [fact: string]: unknown }[] = [];
  const audit = {
    system: async (event: string, facts: object = {}) => {
      if (!world.recording) throw new Error("the log takes nothing");
      records.push({ event, ...facts });
    },
  };
  const documents = memoryDocuments();
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const sessions = createSessions({ clock, random });
  const names = namesFor({ host: "127.0.0.1", port: PORT }, ["holdfast.example.org"])(PORT);
  const refusals: string[] = [];
  const { stepUp, calls, count } = passkeysOf({
    documents,
    clock,
    random,
    webauthn,
    audit: audit as never,
    mode: () => world.mode,
    refused: async (person) => void refusals.push(person),
    names: () => names,
  });
  const asked = await questions();
  const config = { ...outOfTheBox(), people: { anna: { roles: [] }, ben: { roles: [] } } };
  const done: string[] = [];
  const act = (what: string) => async (agent: string, by: unknown) => {
    done.push(`${what} ${agent} ${typeof by === "string" ? by : (by as { by: string }).by}`);
    return what === "pause" || what === "resume";
  };
  const { parts } = kit({ ...clock });
  const agents = {
    ...parts.agents,
    pause: act("pause"),
    resume: act("resume"),
    promote: async (agent: string, by: { by: string }) => void (await act("promote")(agent, by)),
    demote: async (agent: string, by: { by: string }) => void (await act("demote")(agent, by)),
  };
  const entrance: Entrance = {
    newId: () => "req_1",
    limits: { ...JSON_LIMITS, bytes: 64 * 1024 },
    keys: parts.keys,
    operator: operatorAccess(
      sessions,
      operatorsOf(TOKEN, () => [{ name: "anna", token: ANNAS }, { name: "ben" }]),
    ),
    stepUp,
  };
  const routes = [
    ...agentRoutes(agents as typeof parts.agents),
    ...approvalRoutes(
      approvalsOf(asked.inbox, () => config as never, {
        all: () => [],
        of: (person) => ({ person, answers: 0, approved: 0, median: 0, caught: 0, missed: 0 }),
      }),
    ),
    ...passkeyRoutes(calls),
    stepUpRoute(stepUp),
  ];
  const app = mounted(routes, entrance, new AbortController().signal);

  async function send(path: string, body: string | undefined, headers: { [name: string]: string }): Promise<Answer> {
    const response = await app.request(`http://${headers["host"] ?? `${HOST}:${PORT}`}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }

  /** Somebody who has logged in at the console, at a host. */
  function visitor(name: string, host = `${HOST}:${PORT}`, origin = `http://${host}`) {
    const { cookie } = sessions.redeem(sessions.mint({ name })) ?? { cookie: "" };
    const own = { cookie: `holdfast=${cookie}`, host, origin, "sec-fetch-site": "same-origin" };
    const call = (path: string, body?: object, more: { [name: string]: string } = {}): Promise<Answer> =>
      send(path, body === undefined ? undefined : JSON.stringify(body), { ...own, ...more });
    const challenge = (path: string, body: object): Promise<Answer> =>
      call("/api/v1/step-up", { method: "POST", path, sha256: createHash("sha256").update(JSON.stringify(body)).digest("hex") });
    const site = { host: host.replace(/:\d+$/, ""), origin };
    const headerOf = (shown: object): { [name: string]: string } => ({ "x-holdfast-passkey": Buffer.from(JSON.stringify(shown)).toString("base64url") });
    return {
      name,
      call,
      challenge,
      site,
      headerOf,
      session: () => sessions.session(cookie),
      /** Has a key sign exactly this, and sends it. */
      async signed(key: Authenticator, path: string, body: object): Promise<Answer> {
        const given = await challenge(path, body);
        if (given.status !== 200) return given;
        return call(path, body, headerOf(key.sign({ ...site, challenge: String(given.body["challenge"]) })));
      },
      /** Makes a passkey as a browser does; signs that with another one where one is given. */
      async add(key: Authenticator = authenticator(), by?: Authenticator, label = "laptop"): Promise<Answer & { readonly key: Authenticator }> {
        const options = await call("/api/v1/passkeys/options", {});
        if (options.status !== 200) return { ...options, key };
        const body = { name: label, ...key.make({ ...site, challenge: String(options.body["challenge"]) }) };
        const answer = by === undefined ? await call("/api/v1/passkeys", body) : await this.signed(by, "/api/v1/passkeys", body);
        return { ...answer, key };
      },
    };
  }

  return {
    world,
    time,
    records,
    refusals,
    documents,
    done,
    asked,
    visitor,
    count,
    routes,
    token: (path: string, body: object, token = TOKEN) => send(path, JSON.stringify(body), { authorization: `Bearer ${token}` }),
    pass(ms: number) {
      time.wall += ms;
      time.monotonic += ms;
    },
  };
}
