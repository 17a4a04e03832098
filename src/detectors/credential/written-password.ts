import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isBlank } from "../secrecy.ts";

const Q = "[\"']";
const QUOTED = `${Q}[^"'\\n]{3,60}${Q}`;

/** Each alternative is a whole call or phrase, so that the name of the user goes with the password. */
const FORMS = [
  `NetworkCredential\\s{0,4}\\(\\s{0,4}${QUOTED}\\s{0,4},\\s{0,4}${QUOTED}`,
  `DirectoryEntry\\s{0,4}\\(\\s{0,4}"[^"\\n]{3,100}"\\s{0,20},\\s{0,20}${QUOTED}\\s{0,4},\\s{0,20}${QUOTED}`,
  "Connect-VIServer [^\\n]{0,80}-Password\\s{1,4}[^\\s$]\\S{2,40}",
  "psexec(?:\\.exe|64)?[^\\n]{0,100} -u\\s{0,3}\\S{1,60}\\s{1,4}-p\\s{0,3}\\S{3,60}",
  "(?:machine\\s{1,8}\\S{1,120}|default)\\s{1,8}login\\s{1,8}\\S{1,80}\\s{1,8}password\\s{1,8}\\S{3,120}",
  `the (?:default )?password is ${QUOTED}`,
  `the (?:default )?password for (?:the )?(?:user|username) ${QUOTED} is ${QUOTED}`,
  `credentials\\s{0,3}\\{\\s{0,40}(?://[^\\n]{0,80}\\s{0,40}){0,3}username\\s{1,3}${QUOTED}\\s{0,40}(?://[^\\n]{0,80}\\s{0,40}){0,3}password\\s{1,3}${QUOTED}`,
  `\\$mail->Username\\s{0,3}=\\s{0,3}'[^'\\n]{5,80}';[^\\n]{0,80}\\s{1,20}\\$mail->Password\\s{0,3}=\\s{0,3}'[^'\\n]{5,80}'`,
  `<add\\s{1,3}key\\s?=\\s?"[^"\\n]{0,20}(?:pass|secret|token|connectionstring)[^"\\n]{0,20}"\\s{1,4}value\\s?=\\s?"[^"\\n]{3,200}"`,
  "sshpass\\s{1,3}-p\\s{0,2}[^\\s$]{4,60}",
  // A number alone behind it is a port: `-P3306`.
  "(?:mysql|mysqldump|mysqladmin|mariadb)(?: --?[^\\s$]{1,40}(?: (?!-)[^\\s$]{1,40})?){0,4} -p(?!\\d{1,5}(?!\\S))[^\\s$]{4,60}",
  "(?:docker|podman)\\slogin(?: [^\\s$]{1,60}){0,5} (?:-p|--password)[ =][^\\s$]{4,60}",
  "vault operator unseal\\s{1,3}[a-z0-9+/]{43,44}=?(?![a-z0-9+/=])",
  "installation:\\s{2,6}[a-f0-9]{30,36}(?![a-z0-9])",
];

export const writtenPassword: Detector = {
  id: "written-password",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A user name with its password, as calls, scripts and manuals write them: `.netrc`, NetworkCredential, “the password is …”.",
    de: "Ein Benutzername mit seinem Passwort, wie Aufrufe, Skripte und Anleitungen sie schreiben: `.netrc`, NetworkCredential, „the password is …“.",
  },
  examples: {
    hit: [
      `machine api.github.com login ziggy password ${"012345"}abcdef`,
      `new NetworkCredential("build@example.com", "${"vzihlaquk"}nriqlht")`,
      `Connect-VIServer vc.lab.local -User admin@vsphere.local -Password ${"VMware"}1!`,
      `The default password is "${"centi"}pede".`,
      `mysql -u root -p${"Tr0ub4"}dor3 shop`,
      `sshpass -p '${"Tr0ub4"}dor3' ssh web1`,
      `docker login -u anna -p ${"Tr0ub4"}dor3 registry.example`,
      `vault operator unseal ${"98m+o2ylRhVb"}Oi+3o5ub6PbP343ocFUVORgSYeypMDjh`,
    ],
    miss: [
      "new NetworkCredential(user, password)",
      "the password is secret",
      "machine learning login page",
      "Connect-VIServer $server -User $user -Password $password",
      "mysql -u root -p shop",
      "mysql -h db -P3306 shop",
      "docker login -u anna -p $TOKEN",
      'the password is "<your password>"',
    ],
  },
  ...pattern(`(?<![a-z0-9])(?:${FORMS.join("|")})`, {
    literals: {
      at: "start",
      any: [
        "networkcredential",
        "directoryentry",
        "connect-viserver",
        "psexec",
        "machine",
        "default",
        "the password",
        "the default pass",
        "credentials",
        "$mail->username",
        "<add",
        "sshpass",
        "mysql",
        "mariadb",
        "docker",
        "podman",
        "vault operator",
        "installation:",
      ],
    },
    accept: (match) => !isBlank(/(?:"[^"]*"|'[^']*'|\S+)$/.exec(match)?.[0].replace(/["']/g, "") ?? ""),
    score: 0.8,
  }),
};
