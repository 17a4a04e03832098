import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";
import { getVersions, type Version } from "../api/policy-changes.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";
import { Difference } from "./difference.tsx";

/** What was in force before: when, by whom, why, and how it differs from what was before that. */
export function Versions({ onRestore }: { readonly onRestore: (text: string) => void }) {
  const { t, said } = useText();
  const versions = useQuery({ queryKey: ["policy-versions"], queryFn: getVersions });
  const all = versions.data ?? [];
  return (
    <section className="card" aria-labelledby="versions-title">
      <h2 id="versions-title">{t("policies.versions")}</h2>
      <p className="muted">{t("policies.versions.about")}</p>
      {versions.error === null ? null : <Notice>{t("policies.versions.failed", { why: said(versions.error) })}</Notice>}
      <ol className="versions">
        {all.map((version, at) => (
          <VersionRow key={`${version.at} ${version.digest}`} version={version} before={all[at + 1]?.text} inForce={at === 0} onRestore={onRestore} />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly version: Version;
  /** Undefined for the first that is known. */
  readonly before: string | undefined;
  readonly inForce: boolean;
  readonly onRestore: (text: string) => void;
}

function VersionRow({ version: { at, by, reason, text, digest }, before, inForce, onRestore }: RowProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div className="rule-head">
        <strong>
          <Time iso={at} full />
        </strong>
        <span>{by === "" ? t("policies.versions.file") : by}</span>
        {inForce ? (
          <span className="badge permit">
            <Icon name="permit" size={14} />
            {t("policies.versions.now")}
          </span>
        ) : null}
        <span className="bar-gap" />
        <code className="muted small" title={digest}>
          {digest.slice(0, 8)}
        </code>
      </div>
      {reason === "" ? null : <p>{reason}</p>}
      <div className="buttons">
        {before === undefined ? null : (
          <Button className="button quiet small" aria-expanded={open} onPress={() => setOpen(!open)}>
            {t("policies.versions.difference")}
          </Button>
        )}
        {inForce ? null : (
          <Button className="button quiet small" onPress={() => onRestore(text)}>
            {t("policies.versions.restore")}
          </Button>
        )}
      </div>
      {open && before !== undefined ? <Difference before={before} after={text} label={t("policies.versions.difference")} /> : null}
    </li>
  );
}
