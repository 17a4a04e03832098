import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isBlank } from "../secrecy.ts";

export const curlPassword: Detector = {
  id: "curl-password",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A user name and a password on a command line (`curl -u name:password`).",
    de: "Benutzername und Passwort auf einer Befehlszeile (`curl -u name:passwort`).",
  },
  examples: {
    hit: [`curl -u ${"anna"}:q7Wx2pL9 https://example.com`, `curl --user "${"anna"}:open sesame" https://example.com`],
    miss: [
      "curl -u $USER:$PASSWORD https://example.com",
      "docker run -u 1000:1000 app",
      "curl -u user:password https://example.com",
      "sort -u a.txt:b.txt",
      "curl -u <name>:<password> x",
    ],
  },
  ...pattern(
    `(?<=(?<![a-z0-9-])(?:-u|--user)(?:=|[ \\t]{1,5}))(?:"[^"$\\n:]{0,64}:[^"$\\n]{3,128}"|'[^'$\\n:]{0,64}:[^'$\\n]{3,128}'|[a-z0-9@._-]{1,64}:[a-z0-9!@#%^&*._+=~-]{3,128}(?![a-z0-9!@#%^&*._+=~:/-]))`,
    { literals: { at: "before", any: ["-u ", "-u\t", "-u=", "--user"] }, accept: (pair) => isPair(pair.replace(/^["']|["']$/g, "")), score: 0.8 },
  ),
};

function isPair(pair: string): boolean {
  const colon = pair.indexOf(":");
  const [name, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return (
    !/^(?:password|pass|passwd|test|token|group|pwd|x+)$/i.test(password) &&
    !isBlank(password) &&
    !isBlank(name) &&
    !/^\d{1,6}$/.test(password) &&
    !/\.[a-z]{1,4}$/.test(password)
  );
}
