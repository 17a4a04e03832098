import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { endSession, getSessions } from "../api/settings.ts";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { fullTime } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { Part } from "./part.tsx";

/** Where the person is logged in. Ending one asks nothing: whoever fears that somebody else is in must not be kept waiting. */
export function Sessions() {
  const { t, language } = useText();
  const client = useQueryClient();
  const own = useQuery({ queryKey: ["sessions"], queryFn: getSessions });
  const end = useMutation({
    mutationFn: endSession,
    // Also the one that this page is in may be over now.
    onSettled: () => {
      for (const queryKey of [["sessions"], ["session"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const sessions = own.data ?? [];
  return (
    <Part title={t("settings.sessions")} about={t("settings.sessions.about")} failed={own.error} isPending={own.isPending}>
      <ul className="setting-rows">
        {sessions.map(({ id, begun, expires, current }) => (
          <li key={id}>
            <Icon name="user" />
            <div>
              <strong>{t("settings.sessions.begun", { time: fullTime(begun, language) })}</strong>{" "}
              {current ? <span className="word permit">{t("settings.sessions.current")}</span> : null}
              <p className="muted small">{t("settings.sessions.expires", { time: fullTime(expires, language) })}</p>
            </div>
            <div className="buttons">
              <Button
                className="button small"
                isDisabled={end.isPending}
                aria-label={t("settings.sessions.end.label", { time: fullTime(begun, language) })}
                onPress={() => end.mutate(id)}
              >
                {t("settings.sessions.end")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <Button className="button stop" isDisabled={end.isPending || sessions.length === 0} onPress={() => end.mutate(undefined)}>
          {t("settings.sessions.end.all")}
        </Button>
      </div>
      <NotDone error={end.error} />
    </Part>
  );
}
