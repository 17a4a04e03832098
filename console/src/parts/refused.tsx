import { useText } from "../text/text.ts";
import { Notice } from "./empty.tsx";
import { ReasonText } from "./reason.tsx";

/** That something was not done, and why: in the gateway's own words, in the reader's language where they are known. */
export function NotDone({ error }: { readonly error: Error | null }) {
  const { t } = useText();
  if (error === null) return null;
  return (
    <Notice>
      {t("app.refused")} <ReasonText reason={{ id: "", text: error.message, effect: "deny" }} />
    </Notice>
  );
}
