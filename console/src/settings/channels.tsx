import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { type Channels as All, type Channel, getChannels, testChannel } from "../api/settings.ts";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { list, span } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import { Part } from "./part.tsx";

/** How people are told of questions, as the configuration says it. */
export function Channels() {
  const { t } = useText();
  const all = useQuery({ queryKey: ["channels"], queryFn: getChannels });
  return (
    <Part title={t("settings.channels")} about={t("settings.channels.about")} failed={all.error} isPending={all.isPending}>
      {all.data?.channels.length === 0 ? (
        <div className="nothing">
          <h3>{t("settings.channels.none.title")}</h3>
          <p className="muted">{t("settings.channels.none.text")}</p>
        </div>
      ) : null}
      <ul className="setting-rows">
        {(all.data?.channels ?? []).map((channel) => (
          <ChannelRow key={channel.id} channel={channel} />
        ))}
      </ul>
      {all.data === undefined || all.data.channels.length === 0 ? null : <Pace all={all.data} />}
    </Part>
  );
}

function ChannelRow({ channel: { id, kind, host, to, signed } }: { readonly channel: Channel }) {
  const { t } = useText();
  const test = useMutation({ mutationFn: () => testChannel(id) });
  const name = to === "" ? host : to;
  return (
    <li>
      <Icon name={kind === "mail" ? "mail" : "activity"} />
      <div>
        <strong>{name}</strong>
        <p className="muted small">
          {t(`settings.channels.kind.${kind}`, { host })}
          {kind === "mail" ? "" : ` · ${t(signed ? "settings.channels.signed" : "settings.channels.unsigned")}`}
        </p>
        <p role="status" className="word permit">
          {test.isSuccess ? t("settings.channels.tested") : ""}
        </p>
        <NotDone error={test.error} />
      </div>
      <div className="buttons">
        <Button className="button small" isDisabled={test.isPending} aria-label={t("settings.channels.test.label", { name })} onPress={() => test.mutate()}>
          {t("settings.channels.test")}
        </Button>
      </div>
    </li>
  );
}

function Pace({ all: { digest, quiet, escalate } }: { readonly all: All }) {
  const { t, language } = useText();
  const days = (quiet?.days ?? []).map((day) => textOr(t, `day.${day}`, day));
  return (
    <ul className="pace muted">
      <li>{digest === 0 ? t("settings.channels.each") : t("settings.channels.digest", { span: span(digest, language) })}</li>
      {quiet === undefined ? <li>{t("settings.channels.quiet.none")}</li> : null}
      {quiet === undefined || quiet.from === "" ? null : <li>{t("settings.channels.quiet", { from: quiet.from, until: quiet.until, zone: quiet.zone })}</li>}
      {days.length === 0 ? null : <li>{t("settings.channels.quiet.days", { days: list(days, language) })}</li>}
      {escalate.map(({ after, to }) => (
        <li key={after}>{t("settings.channels.escalate", { span: span(after, language), roles: list(to, language) })}</li>
      ))}
    </ul>
  );
}
