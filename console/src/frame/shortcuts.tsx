import { useState } from "react";
import { Switch } from "react-aria-components";
import { ModalDialog } from "../parts/dialog.tsx";
import { type TextId, useText } from "../text/text.ts";
import { setSingleKeys, singleKeys } from "./keys.ts";

const SHORTCUTS: readonly (readonly [key: string, text: TextId])[] = [
  ["j", "keys.next"],
  ["k", "keys.previous"],
  ["Enter", "keys.open"],
  ["Esc", "keys.close"],
  ["/", "keys.filter"],
  ["n", "keys.new"],
  ["p", "keys.pause"],
  ["a", "keys.approve"],
  ["e", "keys.edit"],
  ["r", "keys.reject"],
  ["q", "keys.ask"],
  [",", "keys.settings"],
  ["?", "keys.help"],
];

export function Shortcuts({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { t } = useText();
  const [single, setSingle] = useState(singleKeys);
  const change = (on: boolean): void => {
    setSingleKeys(on);
    setSingle(on);
  };
  return (
    <ModalDialog title={t("keys.title")} onClose={onClose} isOpen={open} dismissable>
      <dl className="keys">
        {SHORTCUTS.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <Switch className="switch" isSelected={single} onChange={change}>
        <span className="switch-track" aria-hidden="true" />
        <span>
          {t("keys.single")}
          <small>{t("keys.single.hint")}</small>
        </span>
      </Switch>
    </ModalDialog>
  );
}
