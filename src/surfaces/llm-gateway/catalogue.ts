import type { Clock } from "../../core/layers.ts";
import type { Log } from "../http/observe.ts";
import type { Upstream } from "./upstream.ts";

/** Where a model is. */
export interface Target {
  readonly upstream: Upstream;
  /** The upstream's own name of it. */
  readonly model: string;
  /** `provider/model`: what permission is asked for. */
  readonly id: string;
}

/** A model that cannot be placed; `message` says what to write instead and holds names from configuration only. */
export interface Unplaced {
  readonly message: string;
}

/**
 * Which models there are. Upstreams are asked for their lists by Holdfast itself, on no agent's behalf and with nothing of a request,
 * so this does not pass `guard`; what an agent gets to see of it does.
 */
export interface Catalogue {
  /** Places a model by `provider/model`, or by its bare name where exactly one upstream offers it. */
  place(name: string): Target | Unplaced | Promise<Target | Unplaced>;
  /** Every model that is known, as `provider/model`. */
  list(): Promise<readonly string[]>;
  /** Asks every upstream for its list again. An upstream that does not answer keeps the list it had. */
  refresh(): Promise<void>;
}

const STALE = 300_000;
/** A name nobody knows may be new: ask again, but not for every such request. */
const RETRY = 30_000;
const MOST_NAMED = 5;
/** A model's name goes into records and policies, so it is a word and not a text. */
const NAME = /^[\w.:/@+-]{1,200}$/;

export function createCatalogue(upstreams: readonly Upstream[], clock: Clock, log: Log): Catalogue {
  const byId = new Map(upstreams.map((upstream) => [upstream.id, upstream]));
  const known = new Map<string, ReadonlySet<string>>();
  let refreshed = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  function refresh(): Promise<void> {
    running ??= Promise.all(
      upstreams.map(async (upstream) => {
        try {
          known.set(upstream.id, new Set(await upstream.models(new AbortController().signal)));
        } catch {
          log.warn({ upstream: upstream.id }, "an upstream does not list its models");
        }
      }),
    ).then(() => {
      refreshed = clock.monotonic();
      running = undefined;
    });
    return running;
  }

  function bare(name: string): Target | Unplaced | undefined {
    const offering = upstreams.filter((upstream) => known.get(upstream.id)?.has(name));
    const [first] = offering;
    if (first === undefined) return undefined;
    if (offering.length === 1) return { upstream: first, model: name, id: `${first.id}/${name}` };
    const names = offering.slice(0, MOST_NAMED).map(({ id }) => `\`${id}/…\``);
    return { message: `several providers offer this model; write which one: ${names.join(", ")}` };
  }

  const unknown = (): Unplaced => ({
    message: `no configured provider offers this model; write \`provider/model\`, the providers are ${upstreams.map(({ id }) => `\`${id}\``).join(", ")}`,
  });

  return {
    refresh,
    place(name) {
      if (!NAME.test(name)) return unknown();
      const slash = name.indexOf("/");
      const upstream = slash < 0 ? undefined : byId.get(name.slice(0, slash));
      if (upstream !== undefined) return slash === name.length - 1 ? unknown() : { upstream, model: name.slice(slash + 1), id: name };
      const placed = bare(name);
      if (placed !== undefined) return placed;
      if (clock.monotonic() - refreshed < RETRY) return unknown();
      return refresh().then(() => bare(name) ?? unknown());
    },
    async list() {
      if (clock.monotonic() - refreshed >= STALE) await refresh();
      return upstreams.flatMap(({ id }) => [...(known.get(id) ?? [])].map((model) => `${id}/${model}`));
    },
  };
}
