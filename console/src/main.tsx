import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Entrance } from "./entrance.tsx";
import { logIn, takeToken } from "./frame/login.tsx";
import { takeFault } from "./frame/sign-in.tsx";
import { applyTheme, keptTheme } from "./frame/theme.ts";
import { queryClient } from "./query.ts";
import { startText } from "./text/text.ts";

// Before anything is drawn, and outside of it: a token works once.
const token = takeToken();
const attempt = token === undefined ? undefined : logIn(token);
const refused = takeFault();
// A fresh link pasted into the tab that shows the login page changes only what stands behind the `#`.
addEventListener("hashchange", () => location.pathname === "/login" && location.hash !== "" && location.reload());
applyTheme(keptTheme());
await startText();

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <Entrance attempt={attempt} refused={refused} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
