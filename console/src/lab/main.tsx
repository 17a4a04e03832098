import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme, keptTheme } from "../frame/theme.ts";
import { de } from "../text/de.ts";
import { startText } from "../text/text.ts";
import { Playground } from "./playground.tsx";

applyTheme(keptTheme());
await startText(de);

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <Playground />
      </I18nProvider>
    </StrictMode>,
  );
}
