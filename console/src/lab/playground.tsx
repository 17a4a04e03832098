import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { LanguageSwitch, ThemeSwitch } from "../frame/bar.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Icon, Mark } from "../parts/icon.tsx";
import { useText } from "../text/text.ts";
import { FURTHER, type Further, type Loaded, load } from "./further.ts";
import { look, MOST } from "./look.ts";
import { Result } from "./result.tsx";
import { SAMPLES, samples } from "./samples.ts";
import { addressOf, SOURCES, type Specimen, specimenIn } from "./share.ts";

/** A text, where it is said to come from, and what the gateway's own detectors say about it. Nothing that is typed here leaves the page. */
export function Playground() {
  const { t, language } = useText();
  const [specimen, choose] = useState<Specimen>(() => specimenIn(location.hash) ?? samples[language].order);
  // A link pasted into the tab that shows this page changes only what stands behind the `#`.
  useEffect(() => {
    const open = (): void => choose((kept) => specimenIn(location.hash) ?? kept);
    addEventListener("hashchange", open);
    return () => removeEventListener("hashchange", open);
  }, []);
  const { further, failed, turn } = useFurther();
  const { text, source } = useDeferredValue(specimen);
  const found = useMemo(() => (text.length > MOST ? undefined : look(text, source, further)), [text, source, further]);
  return (
    <div className="lab">
      <title>{`${t("lab.title")} – ${t("app.name")}`}</title>
      <header className="bar">
        <a href="/" className="brand">
          <Mark />
          <span>{t("app.name")}</span>
        </a>
        <span className="bar-gap" />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main id="main">
        <h1>{t("lab.title")}</h1>
        <p className="lead">{t("lab.what")}</p>
        <p className="private">
          <Icon name="shield" />
          {t("lab.private")}
        </p>
        <div className="lab-sides">
          <section aria-labelledby="lab-text">
            <h2 id="lab-text">{t("lab.text")}</h2>
            <fieldset className="buttons" aria-label={t("lab.samples")}>
              {SAMPLES.map((sample) => (
                <Button key={sample} className="button small" onPress={() => choose(samples[language][sample])}>
                  {t(`lab.sample.${sample}`)}
                </Button>
              ))}
            </fieldset>
            <textarea
              aria-label={t("lab.text")}
              spellCheck={false}
              rows={12}
              value={specimen.text}
              onChange={(event) => choose({ ...specimen, text: event.target.value })}
            />
            <div className="lab-line">
              <span id="lab-source">{t("lab.source")}</span>
              <ToggleButtonGroup className="segments" aria-labelledby="lab-source" selectedKeys={[specimen.source]} disallowEmptySelection>
                {SOURCES.map((one) => (
                  <ToggleButton key={one} id={one} className="segment" onPress={() => choose({ ...specimen, source: one })}>
                    {t(`lab.source.${one}`)}
                  </ToggleButton>
                ))}
              </ToggleButtonGroup>
              <span className="bar-gap" />
              <span className="muted small">{t("lab.share")}</span>
              <CopyButton text={`${location.origin}${location.pathname}${addressOf(specimen)}`} />
            </div>
            <div className="lab-line">
              <span id="lab-further">{t("lab.further")}</span>
              {FURTHER.map((one) => (
                <ToggleButton
                  key={one}
                  className="button small"
                  isSelected={further[one] !== undefined}
                  onChange={() => turn(one)}
                  aria-describedby="lab-further"
                >
                  {t(`lab.further.${one}`)}
                </ToggleButton>
              ))}
            </div>
            {failed ? <p role="alert">{t("lab.further.failed")}</p> : null}
          </section>
          {found === undefined ? <p role="alert">{t("lab.long", { most: MOST })}</p> : <Result text={text} found={found} />}
        </div>
        <p className="muted small">{t("lab.not")}</p>
      </main>
    </div>
  );
}

/** What is turned on beside what is always looked for; it is there once its file is. */
function useFurther() {
  const [further, setFurther] = useState<Loaded>({});
  const [failed, setFailed] = useState(false);
  const turn = async (one: Further): Promise<void> => {
    const { [one]: on, ...rest } = further;
    if (on !== undefined) return setFurther(rest);
    try {
      const detectors = await load[one]();
      setFurther((now) => ({ ...now, [one]: detectors }));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return { further, failed, turn };
}
