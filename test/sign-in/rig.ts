/** A whole Holdfast in this process whose people sign in at a provider, and browsers as far as cookies and redirects go. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig } from "../../src/compose/check.ts";
import { startServer } from "../../src/compose/server.ts";
import { formatFaults, loadConfig } from "../../src/config/index.ts";
import { SECRET } from "./provider.ts";

export interface House {
  readonly url: string;
  /** A one-time login URL. */
  readonly login: string;
  readonly folder: string;
  /** Writes other people into the file, and resolves when they are in force. */
  people(people: string): Promise<void>;
  close(): Promise<void>;
}

export const PEOPLE = "people: { anna: { login: anna@example.com, roles: [finance] }, ben: { login: ben@example.com } }";

/** A port of loopback that is free: it has to stand in the provider's settings before anybody listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve) => probe.listen(0, "127.0.0.1", () => resolve((probe.address() as AddressInfo).port)));
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** `signIn` is written over the usual settings of the section. */
export async function house(port: number, issuer: string, signIn: object = {}, dist?: string): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-sign-in-"));
  const path = join(folder, "holdfast.yaml");
  const settings = { name: "Example", issuer, client: "holdfast", secret: SECRET, ...signIn };
  const write = (people: string): void =>
    writeFileSync(
      path,
      `server: { listen: "127.0.0.1:${port}", admin: "127.0.0.1:0", hosts: [holdfast.example.com], sign_in: ${JSON.stringify(settings)} }\n${people}\n`,
    );
  write(PEOPLE);
  const own = join(folder, "dist");
  mkdirSync(own);
  writeFileSync(join(own, "index.html"), "<!doctype html><title>Holdfast</title>");
  const read = (name: string): Promise<string> => readFile(name, "utf8");
  const loaded = await loadConfig({ path, env: {}, cwd: folder, readFile: read, check: checkConfig });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  let reloaded = (_faults: readonly unknown[]): void => {};
  const place = { env: {}, readFile: read, folder: join(folder, "data"), store: join(folder, "data/holdfast.db"), path, dist: dist ?? own };
  const running = await startServer(loaded, { reloaded: (faults) => reloaded(faults) }, place);
  return {
    url: running.url,
    login: running.login,
    folder,
    people: (people) =>
      new Promise((resolve, reject) => {
        reloaded = (faults) => (faults.length === 0 ? resolve() : reject(new Error(JSON.stringify(faults))));
        write(people);
      }),
    async close() {
      await running.shut();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  /** Where it leads to, whole. */
  readonly location: string;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** What of a browser counts here: it keeps cookies by host, and sends them along. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** False for one that takes no `Secure` cookie over plain HTTP. */
  pins = true;

  async ask(
    url: string,
    init: { readonly method?: string; readonly body?: URLSearchParams | string; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...init.headers };
    const answer = await fetch(url, { redirect: "manual", ...init, headers });
    const cookies = answer.headers.getSetCookie();
    for (const set of cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (set.includes("; Secure") && !this.pins) continue;
      if (value === "" || /Max-Age=0/i.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    return { status: answer.status, location: location === null ? "" : new URL(location, url).href, cookies, text: await answer.text() };
  }

  /** With headers that `fetch` would not let be chosen, and without cookies. */
  raw(url: string, headers: { readonly [name: string]: string }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      get(url, { headers }, (answer) => {
        answer.resume();
        const { location = "" } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, location, cookies: answer.headers["set-cookie"] ?? [], text: "" });
      }).on("error", reject);
    });
  }

  /** Up to where the provider sends the browser back: the callback, not yet asked for. */
  async toCallback(house: { readonly url: string }, name: string, to = "/activity"): Promise<string> {
    // As the page does: it shows which cookies this browser keeps.
    await this.ask(`${house.url}/session`);
    return this.through((await this.ask(`${house.url}/sign-in?to=${encodeURIComponent(to)}`)).location, `${house.url}/`, name);
  }

  /** Logs in at the provider, and follows it to where it sends the browser back. */
  async through(from: string, back: string, name: string): Promise<string> {
    let at = from;
    for (let hops = 0; hops < 6 && !at.startsWith(back); hops++) {
      const shown = await this.ask(at);
      at = shown.status === 200 ? (await this.ask(at, { method: "POST", body: new URLSearchParams({ name }) })).location : shown.location;
    }
    return at;
  }

  async signIn(house: { readonly url: string }, name: string, to?: string): Promise<Answer> {
    return this.ask(await this.toCallback(house, name, to));
  }

  /** Whose session it is, by what Holdfast says. */
  async whose(house: { readonly url: string }): Promise<string | undefined> {
    const { status, text } = await this.ask(`${house.url}/session`);
    return status === 200 ? JSON.parse(text).operator : undefined;
  }
}

/** Why nobody came in, by where the browser landed. */
export const faultIn = ({ location }: Answer): string | null => new URL(location).searchParams.get("fault");
