import { z } from "zod";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, type Call, type Caller, ok } from "./route.ts";
import { base64url, STEP_UP } from "./step-up.ts";

const time = z.iso.datetime();
/** What a person calls a passkey: one line. */
const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);

const passkeyForm = z
  .object({
    id: z.string().meta({ description: "of the credential's id, hashed: as records and receipts name it" }),
    name: z.string(),
    host: z.string().meta({ description: "where it was made, and nowhere else can be used" }),
    created_at: time,
    used_at: time.optional(),
  })
  .meta({ id: "Passkey" });
export type PasskeyForm = z.infer<typeof passkeyForm>;

const passkeysAnswer = z
  .object({
    passkeys: z.array(passkeyForm),
    step_up: z.enum(STEP_UP),
    host: z.string().optional().meta({ description: "where one can be made now; absent where none can be: at an address without a name, or without TLS" }),
    fresh: z.boolean().meta({ description: "the login was a moment ago: without a passkey nothing is added or removed later" }),
  })
  .meta({ id: "Passkeys" });
export type PasskeyList = z.infer<typeof passkeysAnswer>;

const creationForm = z
  .object({
    challenge: z.string(),
    host: z.string(),
    user: z.object({ id: z.string(), name: z.string() }),
    algorithms: z.array(z.int()),
    exclude: z.array(z.object({ id: z.string(), transports: z.array(z.string()) })),
  })
  .meta({ id: "PasskeyCreation", description: "what a browser needs to make one; good for a minute, once" });
export type PasskeyCreation = z.infer<typeof creationForm>;

const newBody = z
  .strictObject({
    name,
    credential: base64url(1_400),
    clientData: base64url(4_000),
    attestation: base64url(16_000),
    transports: z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(8),
  })
  .meta({ id: "NewPasskey" });
export type NewPasskey = z.infer<typeof newBody>;
const renameBody = z.strictObject({ name }).meta({ id: "PasskeyName" });
const emptyBody = z.strictObject({}).meta({ id: "Empty" });

/** Somebody at the console. */
export type Present = Caller & Required<Pick<Caller, "session">>;

/** What the API needs of whoever keeps passkeys: each is about the caller's own. Refusals are thrown. */
export interface PasskeyCalls {
  list(caller: Present): Promise<PasskeyList>;
  create(caller: Present): Promise<PasskeyCreation>;
  add(caller: Present, made: NewPasskey): Promise<void>;
  /** False where the caller has none of this id. */
  rename(caller: Present, id: string, name: string): Promise<boolean>;
  remove(caller: Present, id: string): Promise<boolean>;
}

const OWN = "an operator looks after their own passkeys; agents' credentials do not reach it";

export function passkeyRoutes(passkeys: PasskeyCalls): readonly ApiRoute[] {
  const at = async (caller: Caller, act: (present: Present) => Promise<object>): Promise<ReturnType<typeof ok>> => {
    const { session } = caller;
    if (session === undefined) throw new Refusal(403, "forbidden", "passkeys belong to the console: a token has none");
    return ok(await act({ ...caller, session }));
  };
  const change = (
    path: string,
    summary: string,
    body: z.ZodType,
    act: (present: Present, read: never, call: Call) => Promise<boolean>,
    stepUp?: "own",
  ): ApiRoute => ({
    method: "POST",
    path,
    summary,
    guarded: false,
    because: OWN,
    body,
    answer: passkeysAnswer,
    ...(stepUp === undefined ? {} : { stepUp }),
    access: {
      needs: "operator",
      run: (call, caller) =>
        at(caller, async (present) => {
          const read = body.safeParse(call.body);
          if (!read.success) return refuse(faultOf(read.error));
          if (!(await act(present, read.data as never, call))) throw notFound("you have no passkey of this id");
          return passkeys.list(present);
        }),
    },
  });
  return [
    {
      method: "GET",
      path: "/api/v1/passkeys",
      summary: "The caller's own passkeys, and whether they are asked for.",
      guarded: false,
      because: OWN,
      answer: passkeysAnswer,
      access: { needs: "operator", run: (_call, caller) => at(caller, (present) => passkeys.list(present)) },
    },
    {
      method: "POST",
      path: "/api/v1/passkeys/options",
      summary: "What a browser needs to make a passkey.",
      guarded: false,
      because: OWN,
      body: emptyBody,
      answer: creationForm,
      access: {
        needs: "operator",
        run: ({ body }, caller) =>
          at(caller, async (present) => {
            const read = emptyBody.safeParse(body);
            return read.success ? passkeys.create(present) : refuse(faultOf(read.error));
          }),
      },
    },
    change(
      "/api/v1/passkeys",
      "Adds a passkey. The first one takes a fresh login, another one takes one that is there.",
      newBody,
      async (present, made: NewPasskey) => {
        await passkeys.add(present, made);
        return true;
      },
      "own",
    ),
    change("/api/v1/passkeys/:id/rename", "Calls a passkey by another name.", renameBody, (present, read: { readonly name: string }, { params }) =>
      passkeys.rename(present, params["id"] ?? "", read.name),
    ),
    change("/api/v1/passkeys/:id/remove", "Removes a passkey.", emptyBody, (present, _read, { params }) => passkeys.remove(present, params["id"] ?? ""), "own"),
  ];
}
