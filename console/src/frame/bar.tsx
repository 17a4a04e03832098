import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { StopButton } from "../agents/act.tsx";
import type { Status } from "../api/status.ts";
import { Icon } from "../parts/icon.tsx";
import { count } from "../text/format.ts";
import { keepLanguage, LANGUAGES, useText } from "../text/text.ts";
import { keptTheme, setTheme, THEMES } from "./theme.ts";

interface BarProps {
  readonly status: Status | undefined;
  readonly operator: string;
  readonly onShortcuts: () => void;
  readonly onLogout: () => void;
}

/** The top bar: in which mode the gateway runs, whether its log is well, and what belongs to the person. */
export function Bar({ status, operator, onShortcuts, onLogout }: BarProps) {
  const { t } = useText();
  return (
    <header className="bar">
      {status === undefined ? null : <Mode status={status} />}
      <LogState status={status} />
      <span className="bar-gap" />
      <StopButton />
      <LanguageSwitch />
      <ThemeSwitch />
      <MenuTrigger>
        <Button className="button quiet" aria-label={t("bar.menu", { name: operator })}>
          <Icon name="user" />
          <span className="bar-name">{operator}</span>
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" onAction={(key) => (key === "logout" ? onLogout() : onShortcuts())}>
            <MenuItem id="shortcuts" textValue={t("bar.menu.shortcuts")}>
              {t("bar.menu.shortcuts")} <kbd>?</kbd>
            </MenuItem>
            <MenuItem id="logout">{t("bar.menu.logout")}</MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </header>
  );
}

function Mode({ status }: { readonly status: Status }) {
  const { t } = useText();
  return (
    <div className="chip">
      <Icon name="shield" />
      <span className="chip-text">{t("bar.mode.enforce", { n: status.enforce })}</span>
      {status.monitor === 0 ? null : <span className="chip-more">{t("bar.mode.monitor", { n: status.monitor })}</span>}
    </div>
  );
}

function LogState({ status }: { readonly status: Status | undefined }) {
  const { t, language } = useText();
  if (status === undefined) return <div className="chip">{t("bar.log.unknown")}</div>;
  if (!status.logHealthy) {
    return (
      <div className="chip bad" role="alert">
        <Icon name="warning" />
        {t("bar.log.broken")}
      </div>
    );
  }
  return (
    <div className="chip">
      <Icon name="log" />
      <span className="chip-text">{t("bar.log.healthy")}</span>
      <span className="chip-more" title={count(status.logSize, language)}>
        {t("bar.log.size", { n: status.logSize })}
      </span>
    </div>
  );
}

export function LanguageSwitch() {
  const { t, language } = useText();
  return (
    <ToggleButtonGroup className="segments" aria-label={t("bar.language")} selectedKeys={[language]} disallowEmptySelection>
      {LANGUAGES.map((one) => (
        <ToggleButton key={one} id={one} className="segment" onPress={() => keepLanguage(one)}>
          <span lang={one}>
            {one.toUpperCase()}
            <span className="hidden"> {LANGUAGE_NAMES[one]}</span>
          </span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

// A language is always named in itself, so that whoever needs it finds it.
const LANGUAGE_NAMES = { en: "English", de: "Deutsch" } as const;

export function ThemeSwitch() {
  const { t } = useText();
  const [theme, choose] = useState(keptTheme);
  return (
    <ToggleButtonGroup className="segments" aria-label={t("bar.theme")} selectedKeys={[theme]} disallowEmptySelection>
      {THEMES.map((one) => (
        <ToggleButton
          key={one}
          id={one}
          className="segment"
          aria-label={t(`bar.theme.${one}`)}
          onPress={() => {
            setTheme(one);
            choose(one);
          }}
        >
          <Icon name={one} />
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
