import { type ReactNode, useId } from "react";
import { useText } from "../text/text.ts";

interface PartProps {
  readonly title: string;
  readonly about: string;
  readonly failed: Error | null;
  readonly isPending: boolean;
  readonly children: ReactNode;
}

/** One part of the page, with what it is about. */
export function Part({ title, about, failed, isPending, children }: PartProps) {
  const { t, said } = useText();
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
      </div>
      <p className="muted">{about}</p>
      {isPending ? <p className="muted">{t("app.loading")}</p> : null}
      {failed === null ? children : <p className="word deny">{t("settings.failed", { why: said(failed) })}</p>}
    </section>
  );
}
