import type { Tool } from "../api/policies.ts";
import { Empty } from "../parts/empty.tsx";
import { textOr, useText } from "../text/text.ts";

/** What decisions know of each tool, and which of it was worked out. */
export function Tools({ tools }: { readonly tools: readonly Tool[] }) {
  const { t } = useText();
  return (
    <section className="card" aria-labelledby="tools-title">
      <div className="card-head">
        <h2 id="tools-title">{t("policies.tools")}</h2>
      </div>
      {tools.length === 0 ? (
        <Empty icon="unknown" title={t("policies.tools.none.title")} text={t("policies.tools.none.text")} />
      ) : (
        <>
          <p className="muted">{t("policies.tools.about")}</p>
          <table className="tools">
            <thead>
              <tr>
                {(["tool", "effect", "reach", "trust"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`policies.tools.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tools.map((one) => (
                <tr key={one.tool}>
                  <th scope="row">
                    <code>{one.tool}</code>
                  </th>
                  <td>
                    <Fact text={t(one.writes ? "policies.tools.write" : "policies.tools.read")} derived={one.derived.includes("effect")} />
                  </td>
                  <td>
                    <Fact text={t(one.egress ? "policies.tools.egress" : "policies.tools.inside")} derived={one.derived.includes("egress")} />
                  </td>
                  <td>
                    <Fact text={textOr(t, `story.integrity.${one.trust}`, one.trust)} derived={one.derived.includes("trust")} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

const Fact = ({ text, derived }: { readonly text: string; readonly derived: boolean }) => (
  <span className={derived ? "muted" : ""}>
    {text}
    {derived ? "?" : ""}
  </span>
);
