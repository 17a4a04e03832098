import { stringify } from "yaml";
import { type Config, type Loaded, type RuleConfig, sectionsOf } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import { type Asked, askedBy } from "../../permission/index.ts";
import type { Documents } from "../../vault/documents.ts";
import { written } from "../people/rule-from.ts";

const COLLECTION = "policy-versions";
/** The log says of every change who made it; the texts are kept of so many. */
const MOST = 50;
const MOST_DIGESTS = 20;

/** Rules and tests that were in force. */
export interface Version {
  readonly at: number;
  /** "": the file was changed by hand. */
  readonly by: string;
  readonly reason: string;
  readonly text: string;
  /** Of the files in which they stood, the newest last: elsewhere in it something may have changed. */
  readonly digests: readonly string[];
  /** The conditions of the rules, by id. */
  readonly asks: readonly (readonly [string, string])[];
}

export interface Author {
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
}

export interface Versions {
  /** This is in force now. Kept where its rules and tests are others than before; durable when it resolves. */
  loaded(version: Pick<Good, "config" | "digest" | "text">, author?: Author): Promise<void>;
  /** The newest first. */
  all(): readonly Version[];
  /** What a version of the file asked; undefined where nobody knows. */
  asked(digest: string): Asked | undefined;
}
type Good = Extract<Loaded, { ok: true }>;

/** The versions of the policy, in memory and in the store. They are for people to read and return to; what is in force stands in the file alone. */
export async function openVersions(documents: Documents, now: () => number): Promise<Versions> {
  const kept = (await documents.list(COLLECTION)).map(({ key, value }) => ({ key, version: parsed(value) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  /** One after the other. */
  let last: Promise<void> = Promise.resolve();
  const put = async (key: string, version: Version): Promise<void> => {
    await documents.put(COLLECTION, key, { ...version, digests: [...version.digests], asks: version.asks.map((one) => [...one]) });
  };
  const add = async ({ config, digest, text }: Pick<Good, "config" | "digest" | "text">, author: Author | undefined): Promise<void> => {
    const sections = textOf({ config, text });
    const newest = kept.at(-1);
    if (newest !== undefined && newest.version.text === sections) {
      if (newest.version.digests.includes(digest)) return;
      newest.version = { ...newest.version, digests: [...newest.version.digests, digest].slice(-MOST_DIGESTS) };
      return put(newest.key, newest.version);
    }
    const { by, reason } = author?.digest === digest ? author : { by: "", reason: "" };
    const version: Version = { at: now(), by, reason, text: sections, digests: [digest], asks: [...askedBy(config.rules, false).rules] };
    const key = keyOf(newest === undefined ? 1 : numberOf(newest.key) + 1);
    kept.push({ key, version });
    await put(key, version);
    for (const { key: oldest } of kept.splice(0, Math.max(0, kept.length - MOST))) await documents.remove(COLLECTION, oldest);
  };
  return {
    loaded(version, author) {
      const added = last.then(() => add(version, author));
      last = added.catch(() => {});
      return added;
    },
    all: () => kept.map(({ version }) => version).toReversed(),
    asked(digest) {
      const found = kept.findLast(({ version }) => version.digests.includes(digest));
      return found === undefined ? undefined : { rules: new Map(found.version.asks), roles: false };
    },
  };
}

/** Rules and tests as the file has them. Where it has them in another form, as they were understood: a time that it writes in words is in seconds then. */
export function textOf({ config: { rules, tests }, text }: { readonly config: Pick<Config, "rules" | "tests">; readonly text: string }): string {
  return sectionsOf(text) ?? stringify({ rules: rules.map((rule: RuleConfig) => written(rule)), ...(tests.length === 0 ? {} : { tests }) }, { lineWidth: 0 });
}

const keyOf = (number: number): string => String(number).padStart(9, "0");
const numberOf = (key: string): number => Number(key);

function parsed(value: Json): Version {
  if (isObject(value) && typeof value["at"] === "number" && ["by", "reason", "text"].every((name) => typeof value[name] === "string")) {
    const { digests, asks } = value;
    if (isTexts(digests) && Array.isArray(asks) && asks.every((pair) => isTexts(pair) && pair.length === 2)) return value as Json & Version;
  }
  throw new HoldfastError("unavailable", "the versions of the policy cannot be read; the store was changed by something else");
}

const isTexts = (value: Json | undefined): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
