import type { AuditLog } from "../../audit/log.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json } from "../../core/json.ts";
import { ALL, type Pause, type PauseStore, type Switch } from "../../oversight/switch.ts";
import type { AgentForm, Agents } from "../../surfaces/api/index.ts";
import type { KeyCheck } from "../../surfaces/http/authenticate.ts";
import { Refusal } from "../../surfaces/http/refusal.ts";
import type { Documents } from "../../vault/documents.ts";
import type { Key, Keys } from "../../vault/keys.ts";

const COLLECTION = "pauses";
/** The key of a document is a name; `*` is none. */
const keyOf = (agent: string): string => (agent === ALL ? "all" : `agent-${agent}`);

/** Pauses as documents of the store. One that cannot be read is refused: nobody could say who is paused. */
export function pauseStore(documents: Documents): PauseStore {
  return {
    load: async () =>
      (await documents.list(COLLECTION)).map(({ key, value }) => {
        if (isPause(value) && keyOf(value.agent) === key) return value;
        throw new HoldfastError("unavailable", "which agents are paused cannot be read; the store was changed by something else");
      }),
    save: async (pause) => void (await documents.put(COLLECTION, keyOf(pause.agent), { ...pause })),
    remove: async (agent) => void (await documents.remove(COLLECTION, keyOf(agent))),
  };
}

function isPause(value: Json): value is Json & Pause {
  return isObject(value) && ["agent", "by", "reason"].every((name) => typeof value[name] === "string") && typeof value["since"] === "number";
}

/** Everybody on whose behalf an agent acts that shows this, itself included. */
export type Above = (agent: string, chain: string | undefined) => Iterable<string>;

/**
 * Keys that open nothing while their agent is paused, and end what they opened when it is, or one of those is on whose behalf it acts.
 */
export function pausing(keys: Keys, held: Switch, above: Above): Omit<Keys, "watch"> & Pick<KeyCheck, "watch"> {
  const agents = new Map<string, string>();
  const checked = (key: Key | undefined): Key | undefined => {
    if (key === undefined) return key;
    if (held.of(key.agent) !== undefined) throw new Refusal(403, "forbidden", PAUSED);
    agents.set(key.id, key.agent);
    return key;
  };
  return {
    ...keys,
    verify(text) {
      const key = keys.verify(text);
      return key instanceof Promise ? key.then(checked) : checked(key);
    },
    watch(id, end, chain) {
      const agent = agents.get(id);
      const unwatch = [
        keys.watch(id, () => {
          agents.delete(id);
          end();
        }),
        ...(agent === undefined
          ? []
          : [...above(agent, chain)].map((one) => held.watch(one, () => end(new HoldfastError("forbidden", one === agent ? PAUSED : ABOVE))))),
      ];
      return () => {
        for (const stop of unwatch) stop();
      };
    },
  };
}
const PAUSED = "an operator has paused this agent";
const ABOVE = "an operator has paused an agent on whose behalf this was done";

type Pausing = Pick<Agents, "pause" | "resume"> & {
  list(): { readonly all?: NonNullable<AgentForm["paused"]>; readonly agents: readonly Pick<AgentForm, "agent" | "paused">[] };
};

/** The kill switch as operators use it: who did what, and why, is on record. */
export function pausingOf(held: Switch, names: () => readonly string[], audit: Pick<AuditLog, "system">): Pausing {
  const shown = ({ by, reason, since }: Pause) => ({ by, reason, since: new Date(since).toISOString() });
  return {
    list() {
      const pauses = new Map(held.all().map((pause) => [pause.agent, pause]));
      const all = pauses.get(ALL);
      // An agent that configuration does not know any more stays paused, and can be resumed.
      const agents = [...new Set([...names(), ...pauses.keys()])].filter((agent) => agent !== ALL);
      return {
        ...(all === undefined ? {} : { all: shown(all) }),
        agents: agents.map((agent) => {
          const pause = pauses.get(agent);
          return { agent, ...(pause === undefined ? {} : { paused: shown(pause) }) };
        }),
      };
    },
    async pause(agent, by, reason) {
      if (agent !== ALL && !names().includes(agent)) return false;
      // It holds from here on, so it is on record also where it cannot be kept, and kept also where it cannot be recorded.
      await Promise.all([held.pause(agent, by, reason), audit.system("agent-paused", { agent, by, reason })]);
      return true;
    },
    async resume(agent, by, reason) {
      if (!held.all().some((pause) => pause.agent === agent)) return false;
      // What cannot be recorded does not happen: least of all that an agent works again.
      await audit.system("agent-resumed", { agent, by, reason });
      return held.resume(agent);
    },
  };
}
