import { z } from "zod";
import { duration, secret } from "./values.ts";

const SHORTEST_SESSION_MS = 60_000;
const LONGEST_SESSION_MS = 12 * 3_600_000;

/** The address that a text names, where what passes on the way there can be read by nobody else: over TLS, or on this machine. */
function safeAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  const plain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return plain && (local || url.protocol === "https:") ? url : undefined;
}

export const signIn = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]{0,38}[^\p{C}\p{Z}])?$/u, "a name of at most 40 characters")
      .exactOptional()
      .describe("What people call it: the button says “Sign in with …”. Left out: the issuer's host."),
    issuer: z
      .string()
      .refine((text) => safeAddress(text) !== undefined, "expected an address such as `https://login.example.com`; plain `http` is for this machine only")
      .describe("The OpenID provider, as its tokens name it (`iss`). What else is to be known of it is read from there."),
    client: z.string().min(1, "say what the provider calls Holdfast").max(256).describe("What the provider calls Holdfast (`client_id`)."),
    secret: secret
      .exactOptional()
      .describe("What Holdfast shows to the provider, by a reference to the environment or a file. Left out: a public client, protected by PKCE alone."),
    origin: z
      .string()
      .refine(
        (text) => safeAddress(text)?.origin === text,
        "expected an address without a path, such as `https://holdfast.example.com`; plain `http` is for this machine only",
      )
      .exactOptional()
      .describe("Where people's browsers reach the console. The provider sends them back to `/sign-in/callback` there. Left out: where Holdfast listens."),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, "a scope is a word without spaces, quotes or backslashes"))
      .max(20)
      .refine((given) => given.includes("openid"), "without `openid` the provider does not say who it is")
      .prefault(["openid", "email"])
      .describe("What is asked of the provider."),
    claim: z
      .enum(["email", "sub"])
      .prefault("email")
      .describe("What names the person: the address, where the provider says that it is verified, or the provider's own name for the account (`sub`)."),
    session: duration
      .refine((ms) => ms >= SHORTEST_SESSION_MS && ms <= LONGEST_SESSION_MS, "from `1m` to `12h`")
      .prefault("8h")
      .describe("How long somebody stays signed in."),
  })
  .refine(({ claim, scopes }) => claim !== "email" || scopes.includes("email"), {
    path: ["scopes"],
    message: "`claim` is `email`, which the provider tells for the scope `email`",
  })
  .describe("How people sign in to the console with OpenID Connect. Who somebody is, is said at `people`, as `login`.");
