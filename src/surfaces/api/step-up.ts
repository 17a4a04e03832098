import { createHash } from "node:crypto";
import { z } from "zod";
import type { Json } from "../../core/json.ts";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import type { Known } from "./parts.ts";
import { refuse } from "./problem.ts";
import { type ApiRoute, type Caller, ok } from "./route.ts";

/** Carries what a passkey signed, as base64url of JSON. */
export const PASSKEY_HEADER = "x-holdfast-passkey";

/** When a passkey is asked for: never; of whoever has one; of everybody. */
export const STEP_UP = ["off", "registered", "required"] as const;
export type StepUpMode = (typeof STEP_UP)[number];

export const base64url = (most: number): z.ZodString =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);

const shown = z.strictObject({ credential: base64url(1_400), clientData: base64url(4_000), authenticatorData: base64url(4_000), signature: base64url(2_000) });
export type ShownPasskey = z.infer<typeof shown>;

/** One request that a passkey is asked to sign. */
export interface Deed {
  readonly method: string;
  readonly path: string;
  readonly sha256: string;
}

/** What the API needs of whoever keeps passkeys. `host` is the name that the server was called by: one that it goes by. */
export interface StepUp {
  readonly mode: () => StepUpMode;
  /** Whether this person has a passkey, wherever it was made. Rejects where that cannot be known. */
  has(person: string): Promise<boolean>;
  /** A challenge for exactly this; a refusal where none of the person's passkeys can be used at this host. */
  ask(deed: Deed, caller: Caller & Required<Pick<Caller, "session">>): Promise<Asked>;
  /** The passkey that has signed exactly this, in this session, once; a refusal for everything else. It is on record when this resolves. */
  check(deed: Deed, caller: Caller & Required<Pick<Caller, "session">>, given: ShownPasskey): Promise<string>;
}

const askedForm = z
  .object({
    needed: z.boolean(),
    challenge: z.string().optional(),
    host: z.string().optional().meta({ description: "the relying party" }),
    credentials: z.array(z.object({ id: z.string(), transports: z.array(z.string()) })).optional(),
    expires_at: z.iso.datetime().optional(),
  })
  .meta({ id: "StepUp", description: "what a passkey has to sign before the request is made" });
export type Asked = Omit<z.infer<typeof askedForm>, "needed">;

/** What is demanded of a call. */
export type Demand = "nothing" | "passkey" | "console" | "first";

/**
 * INVARIANT: this alone says when a passkey is needed. A token can show none: it goes on answering while that is not `required`, because
 * whoever took over a browser has no token. One's own passkeys are a matter of the console in any case.
 */
export function demanded(mode: StepUpMode, of: "action" | "own", by: Known["by"], has: boolean): Demand {
  if (by === "token") return of === "own" || mode === "required" ? "console" : "nothing";
  if (mode === "off") return "nothing";
  if (has) return "passkey";
  return mode === "required" && of === "action" ? "first" : "nothing";
}

/** Who calls, once whatever this route demands was shown: the one place at which it is looked for. */
export async function steppedUp(
  stepUp: StepUp,
  route: Pick<ApiRoute, "stepUp" | "spares">,
  known: Known,
  request: Request,
  read: { readonly bytes: Uint8Array; readonly body: Json },
): Promise<Caller> {
  const host = request.headers.get("host") ?? "";
  const caller: Caller = { ...known.operator, host, ...(known.by === "cookie" ? { session: known.session } : {}) };
  if (route.stepUp === undefined || route.spares?.(read.body) === true) return caller;
  const mode = stepUp.mode();
  // Not asked where nothing depends on it: a store that cannot be read keeps nobody from taking lost passkeys away.
  const has = mode !== "off" && known.by === "cookie" && (await stepUp.has(caller.name));
  const demand = demanded(mode, route.stepUp, known.by, has);
  if (demand === "nothing") return caller;
  const { session } = caller;
  if (demand === "console" || session === undefined) throw new Refusal(403, "forbidden", route.stepUp === "own" ? OWN : CONSOLE);
  if (demand === "first") throw new Refusal(403, "forbidden", FIRST);
  const given = request.headers.get(PASSKEY_HEADER);
  if (given === null) throw new Refusal(403, "forbidden", MISSING);
  const { pathname, search } = new URL(request.url);
  const deed = { method: request.method, path: pathname + search, sha256: createHash("sha256").update(read.bytes).digest("hex") };
  return { ...caller, passkey: await stepUp.check(deed, { ...caller, session }, shownIn(given)) };
}

const OWN = "passkeys are added and removed at the console: `holdfast console` opens it";
const CONSOLE = "this takes a passkey (`oversight.step_up: required`), and a token has none: do it at the console, which `holdfast console` opens";
const FIRST = "this takes a passkey (`oversight.step_up: required`), and you have none: add one under Settings in the console";
const MISSING = "your passkey has to sign this, and has not: open the console at `localhost` or over https (programs: `POST /api/v1/step-up`)";

function shownIn(header: string): ShownPasskey {
  const read = shown.safeParse(jsonIn(header));
  if (!read.success) throw new Refusal(400, "bad-request", `\`${PASSKEY_HEADER}\` is not what a passkey signs`);
  return read.data;
}

function jsonIn(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

const deedBody = z
  .strictObject({
    method: z.literal("POST"),
    path: z
      .string()
      .max(2048)
      .regex(/^\/api\/v1\/[\x21-\x7e]*$/),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: "of the body's bytes, in hex" }),
  })
  .meta({ id: "StepUpBody" });

export function stepUpRoute(stepUp: StepUp): ApiRoute {
  return {
    method: "POST",
    path: "/api/v1/step-up",
    summary: "Whether a passkey has to sign a request that is about to be made, and what. Good for exactly that request, once, for a minute.",
    guarded: false,
    because: "gives an operator's session something to sign; nothing is done, and agents' credentials do not reach it",
    body: deedBody,
    answer: askedForm,
    access: {
      needs: "operator",
      async run({ body }, caller) {
        const read = deedBody.safeParse(body);
        if (!read.success) return refuse(faultOf(read.error));
        const { session } = caller;
        if (session === undefined) throw new Refusal(403, "forbidden", "passkeys are shown at the console: a token has none");
        if (stepUp.mode() === "off" || !(await stepUp.has(caller.name))) return ok({ needed: false });
        return ok({ needed: true, ...(await stepUp.ask(read.data, { ...caller, session })) });
      },
    },
  };
}
