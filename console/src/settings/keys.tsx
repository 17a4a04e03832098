import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";
import { type AgentKey, getKeys, revokeKey } from "../api/settings.ts";
import { DeedDialog } from "../parts/deed.tsx";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { Part } from "./part.tsx";

/** What agents show. The keys themselves are nowhere: only their hashes are kept. */
export function Keys() {
  const { t, language } = useText();
  const keys = useQuery({ queryKey: ["keys"], queryFn: getKeys });
  const [revoked, setRevoked] = useState<AgentKey>();
  return (
    <Part title={t("settings.keys")} about={t("settings.keys.about")} failed={keys.error} isPending={keys.isPending}>
      {keys.data?.length === 0 ? (
        <div className="nothing">
          <h3>{t("settings.keys.none.title")}</h3>
          <p className="muted">{t("settings.keys.none.text")}</p>
        </div>
      ) : null}
      <ul className="setting-rows">
        {(keys.data ?? []).map((key) => (
          <li key={key.id}>
            <Icon name="agents" />
            <div>
              <strong>{key.agent}</strong>
              {key.user === "" ? null : <span className="muted"> {t("settings.keys.user", { user: key.user })}</span>}
              <p className="muted small">
                {t("settings.keys.made")} <Time iso={key.created} full />
                {key.expires === "" ? null : (
                  <>
                    {" · "}
                    {t("settings.keys.expires")} <Time iso={key.expires} full />
                  </>
                )}
                {" · "}
                {key.used === "" ? (
                  t("settings.keys.unused")
                ) : (
                  <>
                    {t("settings.passkeys.used")} <Time iso={key.used} full />
                  </>
                )}
                {key.models.length === 0 ? "" : ` · ${t("settings.keys.models", { models: list(key.models, language) })}`}
              </p>
              <code className="muted small">{key.id}</code>
            </div>
            <div className="buttons">
              <Button className="button small" aria-label={t("settings.keys.revoke.label", { key: key.id, agent: key.agent })} onPress={() => setRevoked(key)}>
                <Icon name="deny" size={14} />
                {t("settings.keys.revoke")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {revoked === undefined ? null : <RevokeDialog shown={revoked} onClose={() => setRevoked(undefined)} />}
    </Part>
  );
}

function RevokeDialog({ shown: { id, agent }, onClose }: { readonly shown: AgentKey; readonly onClose: () => void }) {
  const { t } = useText();
  return (
    <DeedDialog title={t("settings.keys.revoke.title")} word={t("settings.keys.revoke")} stop act={() => revokeKey(id)} stale={["keys"]} onClose={onClose}>
      <p>{t("settings.keys.revoke.text", { key: id, agent })}</p>
    </DeedDialog>
  );
}
