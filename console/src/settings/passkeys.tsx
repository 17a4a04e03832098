import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";
import { makePasskey } from "../api/passkey.ts";
import { getPasskeys, type Passkey, removePasskey, renamePasskey } from "../api/settings.ts";
import { DeedDialog, Line } from "../parts/deed.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";
import { Part } from "./part.tsx";

/** What a change of them makes old. */
const STALE = ["passkeys", "people"];

/** The passkeys of whoever is logged in. */
export function Passkeys() {
  const { t } = useText();
  const own = useQuery({ queryKey: ["passkeys"], queryFn: getPasskeys });
  const [open, setOpen] = useState<"add" | { readonly what: "rename" | "remove"; readonly passkey: Passkey }>();
  const { passkeys = [], mode, host = "", fresh = false } = own.data ?? {};
  const known = own.data !== undefined;
  // Without one that could sign, a login of a moment ago has to do.
  const isStale = known && !fresh && (passkeys.length === 0 || mode === "off");
  const close = (): void => setOpen(undefined);
  return (
    <Part title={t("settings.passkeys")} about={t("settings.passkeys.about")} failed={own.error} isPending={own.isPending}>
      {mode === undefined ? null : <p>{t(`settings.passkeys.mode.${mode}`)}</p>}
      {known && passkeys.length === 0 ? (
        <div className="nothing">
          <h3>{t("settings.passkeys.none.title")}</h3>
          <p className="muted">{t("settings.passkeys.none.text")}</p>
        </div>
      ) : null}
      <ul className="setting-rows">
        {passkeys.map((passkey) => (
          <li key={passkey.id}>
            <Icon name="key" />
            <div>
              <strong>{passkey.name}</strong>
              <p className="muted small">
                {t("settings.passkeys.made", { host: passkey.host })} <Time iso={passkey.created} full />
                {" · "}
                {passkey.used === "" ? (
                  t("settings.passkeys.unused")
                ) : (
                  <>
                    {t("settings.passkeys.used")} <Time iso={passkey.used} full />
                  </>
                )}
              </p>
              <code className="muted small">{passkey.id}</code>
            </div>
            <div className="buttons">
              <Button
                className="button small"
                aria-label={t("settings.passkeys.rename.label", { name: passkey.name })}
                onPress={() => setOpen({ what: "rename", passkey })}
              >
                <Icon name="edit" size={14} />
                {t("settings.passkeys.rename")}
              </Button>
              <Button
                className="button small"
                aria-label={t("settings.passkeys.remove.label", { name: passkey.name })}
                onPress={() => setOpen({ what: "remove", passkey })}
              >
                <Icon name="deny" size={14} />
                {t("settings.passkeys.remove")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {known && host === "" ? <Nameless /> : null}
      {isStale && host !== "" ? <Notice icon="clock">{t("settings.passkeys.stale")}</Notice> : null}
      <div className="buttons">
        <Button className="button primary" isDisabled={!known || host === "" || isStale} onPress={() => setOpen("add")}>
          <Icon name="key" />
          {t("settings.passkeys.add")}
        </Button>
      </div>
      {open === "add" ? (
        <NameDialog title={t("settings.passkeys.add")} text={t("settings.passkeys.add.text", { n: passkeys.length })} send={makePasskey} onClose={close} />
      ) : null}
      {typeof open === "object" && open.what === "rename" ? (
        <NameDialog title={t("settings.passkeys.rename")} before={open.passkey.name} send={(name) => renamePasskey(open.passkey.id, name)} onClose={close} />
      ) : null}
      {typeof open === "object" && open.what === "remove" ? <RemoveDialog passkey={open.passkey} isLast={passkeys.length === 1} onClose={close} /> : null}
    </Part>
  );
}

/** At an address of numbers no browser makes a passkey. */
function Nameless() {
  const { t } = useText();
  const address = `${location.protocol}//localhost${location.port === "" ? "" : `:${location.port}`}`;
  return (
    <Notice>
      <p>{t("settings.passkeys.nameless")}</p>
      <code className="command">{address}</code>
    </Notice>
  );
}

interface NameProps {
  readonly title: string;
  readonly text?: string;
  readonly before?: string;
  readonly send: (name: string) => Promise<unknown>;
  readonly onClose: () => void;
}

function NameDialog({ title, text, before = "", send, onClose }: NameProps) {
  const { t } = useText();
  const [name, setName] = useState(before);
  return (
    <DeedDialog
      title={title}
      word={title}
      isReady={name.trim() !== ""}
      act={() => send(name.trim())}
      stale={STALE}
      onClose={onClose}
      meanwhile={before === "" ? <Notice icon="key">{t("settings.passkeys.asks")}</Notice> : null}
    >
      {text === undefined ? null : <p>{text}</p>}
      <Line label={t("settings.passkeys.name")} value={name} onChange={setName} most={60} first />
    </DeedDialog>
  );
}

function RemoveDialog({ passkey: { id, name }, isLast, onClose }: { readonly passkey: Passkey; readonly isLast: boolean; readonly onClose: () => void }) {
  const { t } = useText();
  return (
    <DeedDialog
      title={t("settings.passkeys.remove.title", { name })}
      word={t("settings.passkeys.remove")}
      stop
      act={() => removePasskey(id)}
      stale={STALE}
      onClose={onClose}
    >
      <p>{t(isLast ? "settings.passkeys.remove.last" : "settings.passkeys.remove.text")}</p>
    </DeedDialog>
  );
}
