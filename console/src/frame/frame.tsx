import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call, getStatus } from "../api/client.ts";
import { LiveProvider } from "../api/live.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon, type IconName, Mark } from "../parts/icon.tsx";
import { count } from "../text/format.ts";
import { type TextId, useText } from "../text/text.ts";
import { Bar } from "./bar.tsx";
import { useKeys } from "./keys.ts";
import { Shortcuts } from "./shortcuts.tsx";

/** Every place of the console. A place is listed once it exists. */
const PLACES: readonly {
  readonly to: "/" | "/approvals" | "/activity" | "/agents" | "/incidents" | "/rollbacks" | "/policies" | "/settings";
  readonly icon: IconName;
  readonly text: TextId;
}[] = [
  { to: "/", icon: "overview", text: "nav.overview" },
  { to: "/approvals", icon: "approvals", text: "nav.approvals" },
  { to: "/activity", icon: "activity", text: "nav.activity" },
  { to: "/agents", icon: "agents", text: "nav.agents" },
  { to: "/incidents", icon: "flag", text: "nav.incidents" },
  { to: "/rollbacks", icon: "undo", text: "nav.rollbacks" },
  { to: "/policies", icon: "shield", text: "nav.policies" },
  { to: "/settings", icon: "settings", text: "nav.settings" },
];

/** What stands around every page once somebody is logged in. */
export function Frame({ operator }: { readonly operator: string }) {
  const { t } = useText();
  const [help, setHelp] = useState(false);
  const status = useQuery({ queryKey: ["status"], queryFn: getStatus, refetchInterval: 5000 });
  const logout = useMutation({ mutationFn: () => call("DELETE", "/session"), onSettled: () => location.assign("/login") });
  const navigate = useNavigate();
  useKeys({ "?": () => setHelp(true), ",": () => void navigate({ to: "/settings" }) });
  useTitle();
  return (
    <LiveProvider>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <div className="frame">
        <nav className="nav" aria-label={t("nav.label")}>
          <Link to="/" className="brand" aria-label={t("app.name")}>
            <Mark />
            <span>{t("app.name")}</span>
          </Link>
          <ul>
            {PLACES.map((place) => (
              <li key={place.to}>
                <Link to={place.to} activeOptions={{ exact: place.to === "/", includeSearch: false }} className="place">
                  <Icon name={place.icon} size={18} />
                  {t(place.text)}
                  {place.to === "/approvals" ? <Waiting n={status.data?.waiting ?? 0} /> : null}
                </Link>
              </li>
            ))}
            <li>
              {/* A document of its own: its policy lets it open no connection. */}
              <a href="/lab" className="place">
                <Icon name="search" size={18} />
                {t("nav.lab")}
              </a>
            </li>
          </ul>
          {status.data === undefined ? null : <small className="version">{status.data.version}</small>}
        </nav>
        <Bar status={status.data} operator={operator} onShortcuts={() => setHelp(true)} onLogout={() => logout.mutate()} />
        <main id="main" tabIndex={-1}>
          {status.isError ? <Notice>{t("app.unreachable")}</Notice> : null}
          <Outlet />
        </main>
      </div>
      <Shortcuts open={help} onClose={() => setHelp(false)} />
    </LiveProvider>
  );
}

/** How many questions wait, as a number to see and a sentence to hear. */
function Waiting({ n }: { readonly n: number }) {
  const { t, language } = useText();
  if (n === 0) return null;
  return (
    <>
      <span className="count" aria-hidden="true">
        {count(n, language)}
      </span>
      <span className="hidden">{t("nav.waiting", { n })}</span>
    </>
  );
}

const TITLES = [
  ["/approvals", "approvals.title"],
  ["/activity", "activity.title"],
  ["/agents", "agents.title"],
  ["/incidents", "incidents.title"],
  ["/rollbacks", "rollbacks.title"],
  ["/policies", "policies.title"],
  ["/settings", "settings.title"],
] as const;

function useTitle(): void {
  const { t } = useText();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const page = t(TITLES.find(([place]) => path.startsWith(place))?.[1] ?? "overview.title");
  const name = t("app.name");
  useEffect(() => {
    document.title = `${page} – ${name}`;
  }, [page, name]);
}
