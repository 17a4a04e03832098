import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFaults, readConfig } from "../../config/index.ts";
import { checkConfig } from "../check.ts";

const USUAL = ['issuer: "https://login.example.com"', "client: holdfast"];

/** What is said of a file: `signIn` beside or in place of what usually stands in the section, and what stands around it. */
async function said(signIn: string, rest = "", server = ""): Promise<string> {
  const written = [...USUAL.filter((line) => line.split(":")[0] !== signIn.split(":")[0]), signIn].filter((line) => line !== "");
  const text = `server:\n  sign_in: { ${written.join(", ")} }\n${server}${rest}`;
  const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "", check: checkConfig });
  return loaded.ok ? "" : formatFaults(loaded.faults);
}

const OUTSIDE = `  listen: "0.0.0.0:8787"\n`;
const GOOD: readonly (readonly [string, string?, string?])[] = [
  [""],
  [`name: "Example GmbH & Co."`],
  [`session: 12h, claim: sub, scopes: [openid]`, "people: { anna: { login: 7f3a } }\n"],
  [`origin: "http://localhost:8787"`],
  [`origin: "https://holdfast.example.com"`, "", `${OUTSIDE}  hosts: [holdfast.example.com]\n`],
  [`origin: "https://holdfast.example.com:8443"`, "", `${OUTSIDE}  hosts: [holdfast.example.com]\n  origins: ["https://holdfast.example.com:8443"]\n`],
];
for (const [signIn, rest, server] of GOOD) {
  test(`a good way to sign in: ${signIn}`, async () => assert.equal(await said(signIn, rest, server), ""));
}

/** Each is found when the file is checked, at its place. */
const BAD: readonly (readonly [string, RegExp, string?, string?])[] = [
  [`issuer: "http://login.example.com"`, /2:\d+: expected an address such as `https:\/\/login\.example\.com`; plain `http` is for this machine only/],
  [`issuer: "https://anna:secret@login.example.com"`, /expected an address such as/],
  [`issuer: "https://login.example.com/?tenant=1"`, /expected an address such as/],
  [`issuer: "login.example.com"`, /expected an address such as/],
  [`issuer: "http://127.0.0.1.example.com"`, /expected an address such as/],
  [`client: ""`, /2:\d+: say what the provider calls Holdfast/],
  [`origin: "https://holdfast.example.com/console"`, /expected an address without a path/],
  [`origin: "http://holdfast.example.com"`, /expected an address without a path.*plain `http` is for this machine only/],
  [`origin: "https://holdfast.example.com"`, /2:\d+: requests for `holdfast\.example\.com` would be refused\n {2}add it to `server\.hosts`/],
  [
    `origin: "https://holdfast.example.com:8443"`,
    /pages of this address could not call Holdfast\n {2}add .* to `server\.origins`/,
    "",
    `  hosts: [holdfast.example.com]\n`,
  ],
  [``, /2:3: say `origin`: the address at which people's browsers reach the console/, "", OUTSIDE],
  [`scopes: [email]`, /without `openid` the provider does not say who it is/],
  [`scopes: [openid]`, /`claim` is `email`, which the provider tells for the scope `email`/],
  [`claim: preferred_username`, /2:\d+: .*`email` or `sub`/],
  [`session: 13h`, /from `1m` to `12h`/],
  [`session: 10s`, /from `1m` to `12h`/],
  [`name: ""`, /a name of at most 40 characters/],
  [`name: "a\\u202eb"`, /a name of at most 40 characters/],
  [`secrets: x`, /did you mean `secret`\?/],
  ["", /5:\d+: `anna` has the same `login`/, "people:\n  anna: { login: anna@example.com }\n  ben: { login: ANNA@example.com }\n"],
  ["", /3:\d+: expected an e-mail address: `server\.sign_in\.claim` is `email`/, "people: { anna: { login: anna } }\n"],
  [`secret: "\${env:NOT_SET}"`, /2:\d+: the environment variable `NOT_SET` is not set/],
];
for (const [signIn, expected, rest, server] of BAD) {
  test(`a way to sign in that cannot work is found, with its place: ${signIn} ${rest ?? ""}`.trim(), async () => {
    assert.match(await said(signIn, rest, server), expected);
  });
}
