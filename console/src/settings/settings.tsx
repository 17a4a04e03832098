import { useText } from "../text/text.ts";
import { Channels } from "./channels.tsx";
import { Keys } from "./keys.tsx";
import { Passkeys } from "./passkeys.tsx";
import { People } from "./people.tsx";
import { Sessions } from "./sessions.tsx";

/** What belongs to the person, and how this Holdfast is set up. What stands in the configuration is shown, and changed there. */
export function Settings() {
  const { t } = useText();
  return (
    <div className="page settings">
      <div className="page-head">
        <h1>{t("settings.title")}</h1>
        <p className="muted">{t("settings.about")}</p>
      </div>
      <Passkeys />
      <Sessions />
      <People />
      <Keys />
      <Channels />
    </div>
  );
}
