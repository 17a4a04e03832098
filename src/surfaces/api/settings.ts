import { z } from "zod";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, type Call, type Caller, ok } from "./route.ts";

const time = z.iso.datetime();
const emptyBody = z.strictObject({}).meta({ id: "Empty" });

const peopleAnswer = z
  .object({
    people: z.array(
      z.object({
        name: z.string(),
        roles: z.array(z.string()),
        token: z.boolean().meta({ description: "has a token of their own, and so can log in" }),
        login: z.boolean().meta({ description: "signs in through the provider" }),
        mail: z.boolean().meta({ description: "is told by mail" }),
        passkeys: z.int(),
      }),
    ),
    roles: z
      .array(z.object({ role: z.string(), rules: z.array(z.string()), holders: z.array(z.string()) }))
      .meta({ description: "whom rules want to be asked; a role without holders falls to whoever runs Holdfast on its machine" }),
  })
  .meta({ id: "People", description: "as the configuration names them" });
export type PeopleForm = z.infer<typeof peopleAnswer>;

const sessionsAnswer = z
  .array(z.object({ id: z.string(), begun_at: time, expires_at: time, current: z.boolean() }))
  .meta({ id: "Sessions", description: "the caller's own, at the console" });
export type SessionList = z.infer<typeof sessionsAnswer>;

const keysAnswer = z
  .array(
    z.object({
      id: z.string(),
      agent: z.string(),
      user: z.string().optional(),
      models: z.array(z.string()).optional(),
      created_at: time,
      expires_at: time.optional(),
      used_at: time.optional().meta({ description: "the last time since this server was started" }),
    }),
  )
  .meta({ id: "Keys", description: "what agents show; never the keys themselves" });
export type KeyList = z.infer<typeof keysAnswer>;

const mintBody = z.strictObject({ agent: z.string().min(1).max(128).meta({ description: "a name in the configuration" }) }).meta({ id: "MintBody" });
const mintedAnswer = z
  .object({ key: z.string().meta({ description: "the key itself: it is not shown again" }), id: z.string(), agent: z.string() })
  .meta({ id: "MintedKey" });
export type MintedKey = z.infer<typeof mintedAnswer>;

const channelsAnswer = z
  .object({
    channels: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(["json", "text", "slack", "mail"]),
        host: z.string(),
        to: z.string().optional().meta({ description: "of mail" }),
        signed: z.boolean(),
      }),
    ),
    language: z.string(),
    digest: z.number().meta({ description: "seconds between two messages to the same people" }),
    quiet: z
      .object({ from: z.string().optional(), until: z.string().optional(), days: z.array(z.string()), through: z.array(z.string()), zone: z.string() })
      .optional(),
    escalate: z.array(z.object({ after: z.number().meta({ description: "seconds" }), to: z.array(z.string()) })),
  })
  .meta({ id: "Channels", description: "how people are told of questions" });
export type ChannelList = z.infer<typeof channelsAnswer>;

const testedAnswer = z.object({ sent: z.boolean(), status: z.int().optional() }).meta({ id: "Tested" });
export type Tested = z.infer<typeof testedAnswer>;

/** What the API needs to show how Holdfast is set up, and to end what was begun. */
export interface Settings {
  people(): Promise<PeopleForm>;
  /** Of this person; `current` is the id of the one they ask with. */
  sessions(person: string, current: string | undefined): SessionList;
  /** False where the person has no such session. */
  endSession(person: string, id: string): Promise<boolean>;
  endSessions(person: string): Promise<void>;
  keys(): Promise<KeyList>;
  /** Durable and on record when it resolves. */
  mint(agent: string, by: string): Promise<MintedKey | { readonly refused: "no-agent" | "not-yours" }>;
  /** False where there is no such key. Durable and on record when it resolves. */
  revokeKey(id: string, by: string): Promise<boolean>;
  channels(): ChannelList;
  /** Sends a message that says that it is a test; undefined where there is no such channel. */
  test(channel: string, by: string): Promise<Tested | undefined>;
}

const LOOKS = "shows an operator how Holdfast is set up; agents' credentials do not reach it";
const ENDS = "an operator takes back what was given; agents' credentials do not reach it";

export function settingsRoutes(settings: Settings): readonly ApiRoute[] {
  const look = (path: string, summary: string, answer: z.ZodType, show: (caller: Caller) => object | Promise<object>): ApiRoute => ({
    method: "GET",
    path,
    summary,
    guarded: false,
    because: LOOKS,
    answer,
    access: { needs: "operator", run: async (_call, caller) => ok(await show(caller)) },
  });
  const act = (path: string, summary: string, because: string, answer: z.ZodType, run: (call: Call, caller: Caller) => Promise<object>): ApiRoute => ({
    method: "POST",
    path,
    summary,
    guarded: false,
    because,
    body: emptyBody,
    answer,
    access: {
      needs: "operator",
      async run(call, caller) {
        const read = emptyBody.safeParse(call.body);
        return read.success ? ok(await run(call, caller)) : refuse(faultOf(read.error));
      },
    },
  });
  const own = ({ name, session }: Caller): SessionList => settings.sessions(name, session?.id);
  return [
    look("/api/v1/people", "Who may answer what agents ask, and whom rules want to be asked.", peopleAnswer, () => settings.people()),
    look("/api/v1/sessions", "The caller's own sessions at the console.", sessionsAnswer, own),
    act("/api/v1/sessions/end", "Ends all of the caller's sessions, this one included.", ENDS, sessionsAnswer, async (_call, caller) => {
      await settings.endSessions(caller.name);
      return own(caller);
    }),
    act("/api/v1/sessions/:id/end", "Ends one of the caller's sessions.", ENDS, sessionsAnswer, async ({ params }, caller) => {
      if (!(await settings.endSession(caller.name, params["id"] ?? ""))) throw notFound("you have no session of this id");
      return own(caller);
    }),
    look("/api/v1/keys", "Agents' keys.", keysAnswer, () => settings.keys()),
    {
      method: "POST",
      path: "/api/v1/keys",
      summary: "Makes a key for an agent, for whoever runs Holdfast on this machine. It is shown this once.",
      guarded: false,
      because: "gives an agent its key, as the command line of this machine does; agents' credentials do not reach it",
      body: mintBody,
      answer: mintedAnswer,
      stepUp: "action",
      access: {
        needs: "operator",
        async run({ body }, { name }) {
          const read = mintBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const minted = await settings.mint(read.data.agent, name);
          if (!("refused" in minted)) return ok(minted);
          if (minted.refused === "no-agent") throw notFound("there is no agent of this name");
          throw new Refusal(403, "forbidden", "keys are made by whoever runs Holdfast on this machine: `holdfast keys mint`");
        },
      },
    },
    act("/api/v1/keys/:id/revoke", "Revokes an agent's key: what it opened ends at once.", ENDS, keysAnswer, async ({ params }, { name }) => {
      if (!(await settings.revokeKey(params["id"] ?? "", name))) throw notFound("there is no key of this id");
      return settings.keys();
    }),
    look("/api/v1/channels", "How people are told of questions.", channelsAnswer, () => settings.channels()),
    act(
      "/api/v1/channels/:id/test",
      "Sends a message over a channel that says that it is a test.",
      "sends a fixed text to where the configuration says; agents' credentials do not reach it",
      testedAnswer,
      async ({ params }, { name }) => {
        const tested = await settings.test(params["id"] ?? "", name);
        if (tested === undefined) throw notFound("there is no channel of this id");
        if (!tested.sent) throw new Refusal(502, "upstream-unreachable", tested.status === undefined ? UNTAKEN : `${UNTAKEN} (${tested.status})`);
        return tested;
      },
    ),
  ];
}
const UNTAKEN = "the message was not taken there";
