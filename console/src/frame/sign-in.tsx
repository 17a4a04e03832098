import { CallFailed } from "../api/client.ts";
import { fields, text } from "../api/read.ts";
import { Notice } from "../parts/empty.tsx";
import { isTextId, type TextId, useText } from "../text/text.ts";

/** Why the gateway sent the browser back here. It is taken out of the address, so that a reload does not say it again. */
export function takeFault(): TextId | undefined {
  if (location.pathname !== "/login") return undefined;
  const search = new URLSearchParams(location.search);
  const fault = `login.fault.${search.get("fault")}`;
  search.delete("fault");
  history.replaceState(null, "", search.size === 0 ? "/login" : `/login?${search}`);
  return isTextId(fault) ? fault : undefined;
}

/** The provider that people may sign in at, as the gateway names it to who has no session. */
export function providerIn(error: unknown): { readonly provider?: string } {
  const provider = error instanceof CallFailed ? text(fields(error.answer)["sign_in"]) : "";
  return provider === "" ? {} : { provider };
}

/** Where somebody wants to be once they are in; the gateway takes only its own pages. */
function wanted(): string {
  return location.pathname === "/login" ? (new URLSearchParams(location.search).get("to") ?? "/") : `${location.pathname}${location.search}`;
}

interface SignInProps {
  readonly provider: string;
  readonly refused: TextId | undefined;
}

/** The way in through a provider, and why the last attempt there led back here. */
export function SignIn({ provider, refused }: SignInProps) {
  const { t } = useText();
  return (
    <>
      {refused === undefined ? null : <Notice>{t(refused, { provider })}</Notice>}
      <a className="button primary" href={`/sign-in?${new URLSearchParams({ to: wanted() })}`}>
        {t("login.provider", { provider })}
      </a>
    </>
  );
}
