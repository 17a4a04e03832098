import { useEffect, useState } from "react";
import { CallFailed, call, getOperator } from "../api/client.ts";
import { Notice } from "../parts/empty.tsx";
import { Mark } from "../parts/icon.tsx";
import { type TextId, useText } from "../text/text.ts";
import { providerIn, SignIn } from "./sign-in.tsx";

/**
 * The token of a one-time login URL. It stands behind the `#`, which no browser sends to a server, and it is taken out of the address
 * before anything else happens, so that neither the history nor a screenshot keeps it. It is good for one use only.
 */
export function takeToken(): string | undefined {
  if (location.pathname !== "/login" || location.hash.length < 2) return undefined;
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/login");
  return token;
}

/** What came of a login: nothing to say when it went well, otherwise the id of a text, and who is logged in all the same. */
export interface Attempt {
  readonly fault?: TextId;
  readonly operator?: string;
  /** Where one may sign in otherwise. */
  readonly provider?: string;
}

/** Exchanges the token for a session, once. */
export async function logIn(token: string): Promise<Attempt> {
  // Asked first, so that the server can see which kind of cookie this browser keeps.
  const before = await getOperator().then(
    (operator) => ({ operator }),
    (error: unknown) => providerIn(error),
  );
  try {
    await call("POST", "/session", { token });
  } catch (error) {
    const refused = error instanceof CallFailed && error.status !== 0 && error.status < 500;
    return { fault: refused ? "login.used" : "login.failed", ...before };
  }
  return getOperator().then(
    (operator) => ({ operator }),
    () => ({ fault: "login.refused" }),
  );
}

interface LoginProps {
  /** A login under way. */
  readonly attempt?: Promise<Attempt>;
  /** Set where a session exists already. */
  readonly operator?: string;
  readonly fault?: TextId;
  /** What people call the provider that they may sign in at. */
  readonly provider?: string;
  readonly refused?: TextId | undefined;
}

/** What somebody without a session sees: how to log in. */
export function Login({ attempt, refused, ...known }: LoginProps) {
  const { t } = useText();
  const [{ fault, operator, provider }, setState] = useState<Attempt>(known);
  const [busy, setBusy] = useState(attempt !== undefined);
  useEffect(() => {
    void attempt?.then((came) => {
      if (came.fault === undefined) return location.replace("/");
      setState(came);
      return setBusy(false);
    });
  }, [attempt]);
  useEffect(() => {
    document.title = `${t("login.title")} – ${t("app.name")}`;
  }, [t]);
  return (
    <main id="main" className="login">
      <Mark />
      <h1>{t("login.title")}</h1>
      {busy ? <p role="status">{t("login.busy")}</p> : null}
      {fault === undefined ? null : <Notice>{t(fault)}</Notice>}
      {operator === undefined ? (
        <>
          {provider === undefined ? null : <SignIn provider={provider} refused={refused} />}
          <p>{t(provider === undefined ? "login.how" : "login.or")}</p>
          <ul>
            <li>{t("login.step.start")}</li>
            <li>
              {t("login.step.command")}
              <code className="command">holdfast console</code>
            </li>
          </ul>
        </>
      ) : (
        <p>
          {t("login.already")}{" "}
          <a className="button primary" href="/">
            {t("login.continue")}
          </a>
        </p>
      )}
    </main>
  );
}
