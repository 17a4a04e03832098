import { useQuery } from "@tanstack/react-query";
import { getPeople } from "../api/settings.ts";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { Part } from "./part.tsx";

/** Who may answer what, as the configuration says it. */
export function People() {
  const { t, language } = useText();
  const people = useQuery({ queryKey: ["people"], queryFn: getPeople });
  const { people: named = [], roles = [] } = people.data ?? {};
  const empty = roles.filter(({ holders }) => holders.length === 0);
  return (
    <Part title={t("settings.people")} about={t("settings.people.about")} failed={people.error} isPending={people.isPending}>
      {named.length === 0 ? null : (
        <table className="tools people">
          <thead>
            <tr>
              {(["name", "roles", "ways", "passkeys"] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`settings.people.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {named.map(({ name, roles: own, token, login, mail, passkeys }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{own.length === 0 ? <span className="muted">{t("settings.people.roles.none")}</span> : list(own, language)}</td>
                <td>
                  {list(
                    [
                      ...(name === OPERATOR ? [t("settings.people.operator")] : []),
                      ...(token && name !== OPERATOR ? [t("settings.people.token")] : []),
                      ...(login ? [t("settings.people.login")] : []),
                      ...(token || login ? [] : [t("settings.people.none")]),
                    ],
                    language,
                    "disjunction",
                  )}
                  {mail ? t("settings.people.mail") : ""}
                </td>
                <td>{t("settings.people.passkeys.n", { n: passkeys })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {empty.length === 0 ? null : (
        <p className="word ask wrapping">
          {t("settings.people.empty", {
            n: empty.length,
            roles: list(
              empty.map(({ role }) => role),
              language,
            ),
          })}
        </p>
      )}
    </Part>
  );
}

/** Whoever runs Holdfast on its machine. */
const OPERATOR = "operator";
