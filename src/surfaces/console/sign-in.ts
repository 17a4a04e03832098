import type { ServerResponse } from "node:http";
import type { Clock } from "../../core/layers.ts";
import type { Log } from "../http/observe.ts";
import { PROBLEM } from "../http/refusal.ts";
import type { Exchange, Route } from "../http/routes.ts";
import { createSealing } from "../sealing.ts";
import { PAGES } from "./app.ts";
import { attemptCookie, beginAttempt, beginCookies, endAttempt } from "./cookie.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import type { Redeemed } from "./sessions.ts";

/** Why somebody does not come in. The page that they land on has words for each. */
export const SIGN_IN_FAULTS = [
  "unreachable",
  "invalid",
  "refused",
  "over",
  "unverified",
  "unknown", // nobody here goes by that name
  "unavailable",
  "elsewhere", // begun at another address than the console's, or from another page
] as const;
export type SignInFault = (typeof SIGN_IN_FAULTS)[number];
type Failed = { readonly fault: SignInFault; readonly detail?: string };

interface Attempt {
  readonly state: string;
}

export interface SignInOptions<Kept extends Attempt> {
  /** Neither rejects. */
  readonly provider: {
    begin(redirect: string): Promise<{ readonly location: string; readonly attempt: Kept } | Failed>;
    finish(answer: URL, attempt: Kept): Promise<{ readonly login: string } | Failed>;
  };
  /** Where browsers reach the console. INVARIANT: never what a request says of itself. */
  readonly origin: () => string;
  /** A session for whoever has this login, on record; undefined where nobody has. A rejection counts as "unavailable". */
  readonly enter: (login: string) => Promise<Redeemed | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

export const SIGN_IN = "/sign-in";
export const CALLBACK = "/sign-in/callback";

/** How long somebody may take at the provider. */
const LIFE_MS = 10 * 60_000;
const BOUND = Buffer.from("sign-in");
/** Attempts that are remembered as used. Of more, the oldest is forgotten: its code is used up at the provider all the same. */
const MOST_USED = 10_000;
/** Between two lines of the log that say the same: whoever begins without end must not fill it. */
const QUIET_MS = 1_000;

/** The two addresses of a sign-in: where a browser sets out for the provider, and where it comes back to. */
export function signInRoutes<Kept extends Attempt>({ provider, origin, enter, clock, log }: SignInOptions<Kept>): readonly Route[] {
  const sealing = createSealing(clock, LIFE_MS);
  const used = new Set<string>();
  const said = new Map<SignInFault, number>();

  async function begin({ id, request, response, query }: Exchange): Promise<void> {
    const to = returnPath(new URLSearchParams(query).get("to"));
    const { headers } = request;
    // The cookie belongs to one address. And a page of somebody else's must not sign anybody in: there a person has to press the button.
    const site = headers["sec-fetch-site"] ?? "none";
    if (headers.host !== new URL(origin()).host || (site !== "same-origin" && site !== "none"))
      return redirect(response, id, `${origin()}${loginPage("elsewhere", to)}`, []);
    const begun = await provider.begin(`${origin()}${CALLBACK}`);
    if ("fault" in begun) return fail(response, id, begun, to);
    const sealed = sealing.close(JSON.stringify({ ...begun.attempt, to }), BOUND);
    redirect(response, id, begun.location, beginAttempt(headers.cookie, sealed, LIFE_MS / 1000, isTls()));
  }

  async function finish({ id, request, response, query }: Exchange): Promise<void> {
    const shown = attemptCookie(request.headers.cookie, isTls());
    const attempt = shown === undefined ? undefined : opened<Kept>(sealing.open(shown.value, BOUND));
    const answer = new URL(`${origin()}${CALLBACK}?${query}`);
    // Not this browser's, or of another attempt: the one that is under way goes on.
    if (shown === undefined || attempt === undefined || answer.searchParams.get("state") !== attempt.state) return fail(response, id, { fault: "over" }, "/");
    const gone = endAttempt();
    // INVARIANT: an attempt is good for one answer, whatever comes of it.
    if (used.has(attempt.state)) return fail(response, id, { fault: "over" }, attempt.to, gone);
    const [oldest] = used.size < MOST_USED ? [] : used;
    if (oldest !== undefined) used.delete(oldest);
    used.add(attempt.state);
    const found = await provider.finish(answer, attempt);
    if ("fault" in found) return fail(response, id, found, attempt.to, gone);
    const session = await enter(found.login).catch((): Failed => ({ fault: "unavailable" }));
    if (session === undefined) return fail(response, id, { fault: "unknown" }, attempt.to, gone);
    if ("fault" in session) return fail(response, id, session, attempt.to, gone);
    const seconds = (session.expires - clock.now()) / 1000;
    redirect(response, id, attempt.to, [...gone, ...beginCookies(shown.pinned, session.cookie, seconds)]);
  }

  function fail(response: ServerResponse, id: string, { fault, detail }: Failed, to: string, cookies: readonly string[] = []): void {
    if (clock.monotonic() >= (said.get(fault) ?? 0)) {
      said.set(fault, clock.monotonic() + QUIET_MS);
      log.warn({ id, fault, detail }, "nobody was signed in");
    }
    redirect(response, id, loginPage(fault, to), cookies);
  }

  const isTls = (): boolean => origin().startsWith("https://");
  const route = (path: string, because: string, run: (exchange: Exchange) => Promise<void>): Route => ({
    method: "GET",
    path,
    wording: PROBLEM,
    guarded: false,
    because,
    access: { needs: "none", run },
  });
  return [
    route(SIGN_IN, "sends a person's browser to the sign-in provider; tells nothing and does nothing", begin),
    route(CALLBACK, "begins a session for a person whom the sign-in provider vouches for, in the browser that asked for it", finish),
  ];
}

const PLACES = PAGES.filter((page) => page !== "/login").map((page) => new RegExp(`^${page.replace(":id", "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")}$`));
const LONGEST_TO = 512;

/** Where somebody wanted to go, if it is a page of the console; otherwise its first. INVARIANT: never an address elsewhere. */
export function returnPath(wanted: string | null): string {
  if (wanted === null || wanted.length > LONGEST_TO) return "/";
  const [, path = "", search = ""] = /^(\/[A-Za-z0-9/_.-]*)(\?[A-Za-z0-9._~=&%+:*,-]*)?$/.exec(wanted) ?? [];
  return PLACES.some((place) => place.test(path)) ? `${path}${search}` : "/";
}

const loginPage = (fault: SignInFault, to: string): string => `/login?${new URLSearchParams({ fault, ...(to === "/" ? {} : { to }) })}`;

/** What we sealed ourselves. */
function opened<Kept>(text: string | undefined): (Kept & { readonly to: string }) | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Kept & { readonly to: string });
}

function redirect(response: ServerResponse, id: string, location: string, cookies: readonly string[]): void {
  if (response.destroyed) return;
  response
    .writeHead(303, {
      ...SECURITY_HEADERS,
      "x-request-id": id,
      "cache-control": "no-store",
      "content-length": 0,
      location,
      ...(cookies.length === 0 ? {} : { "set-cookie": [...cookies] }),
    })
    .end();
}
