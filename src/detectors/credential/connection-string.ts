import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isBlank } from "../secrecy.ts";

const SCHEMES = [
  "postgres",
  "postgresql",
  "mysql",
  "mariadb",
  "mongodb",
  "redis",
  "rediss",
  "amqp",
  "amqps",
  "mssql",
  "sqlserver",
  "clickhouse",
  "cockroachdb",
].concat([
  "ftp",
  "ftps",
  "sftp",
  "ssh",
  "smtp",
  "smtps",
  "imap",
  "imaps",
  "ldap",
  "ldaps",
  "nats",
  "kafka",
  "mqtt",
  "mqtts",
  "http",
  "https",
  "ws",
  "wss",
  "git",
]);

/** What a database is given where it is made for one machine: the user's name once more, and only this machine reaches it. */
const DEFAULT = /:\/\/([^:]+):\1@(?:localhost|127\.\d+\.\d+\.\d+)(?![\w.-])/i;

export const connectionString: Detector = {
  id: "connection-string",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "The address of a database, queue or server with a user's password in it.",
    de: "Die Adresse einer Datenbank, einer Warteschlange oder eines Servers, in der ein Passwort steht.",
  },
  examples: {
    hit: [
      `DATABASE_URL=${"postgres"}://app:n7Xq-2vB@db.internal:5432/crm`,
      `${"mongodb+srv"}://root:Tr0ub4dor@cluster0.mongodb.net/?retryWrites=true`,
      `${"redis"}://:Zq81kdh2@cache:6379`,
    ],
    miss: [
      "postgres://localhost:5432/crm",
      "https://example.com/@user:name",
      `${"postgres"}://user:password@localhost/db`,
      `${"mysql"}://app:\${DB_PASSWORD}@db/crm`,
      "ssh://git@github.com/org/repo",
      `${"postgresql"}://app:app@127.0.0.1:5432/crm`,
    ],
  },
  ...pattern(
    `(?<![a-z0-9+.-])(?:${[...SCHEMES].sort((a, b) => b.length - a.length).join("|")})(?:\\+[a-z0-9]{1,12})?://[^\\s:@/"'<>\`]{0,64}:[^\\s@/"'<>\`]{3,128}@[a-z0-9.-]{1,128}(?::\\d{1,5})?(?:/[\\w.-]{0,64})?`,
    {
      accept: (address) => {
        const [, password = ""] = /:\/\/[^:]*:(.*)@/.exec(address) ?? [];
        return !isBlank(password) && !DEFAULT.test(address) && !/^(?:password|passwd|passw0rd|pass|pwd|foobar|x+)$/i.test(password);
      },
    },
  ),
};
