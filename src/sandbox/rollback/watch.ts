import type { Decision } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import type { Entry, Filter, Layers, Part, SandboxLayer } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Principal, Request } from "../../core/request.ts";
import type { Journal } from "./journal.ts";
import type { Owner, Step } from "./step.ts";
import { compensation, doubtOf, type Undo } from "./undo.ts";

/** Where effects are seen: a host that performs itself reports to the API. At the LLM gateway a call is handed on, and nobody sees what it does. */
const SURFACES: ReadonlySet<string> = new Set(["mcp-gateway", "api"]);

export interface WatchOptions {
  readonly journal: Journal;
  /** Told that a call of this owner was rejected by a person, or failed on its way; once everything before it is written down. */
  readonly failed: (owner: Owner, why: string) => void;
  /** Something could not be written down after it was done: it stays `unknown`. */
  readonly lost: (request: string) => void;
}

/** Writes down what can be undone, as it is done. It lives longer than a configuration, which says of each tool how it is undone. */
export interface Watch {
  over(layers: Layers, undoOf: (tool: string) => { readonly tool: string; readonly undo: Undo } | undefined): Layers;
}

interface Watched {
  readonly request: Request;
  readonly undo: Undo;
  readonly begun: Promise<Step>;
  /** What a host reported: a value, or the texts joined. */
  reported?: Json;
  /** True once the effect has its end in the journal, or will. */
  settled: boolean;
}

export function createWatch({ journal, failed, lost }: WatchOptions): Watch {
  const watched = new Map<string, Watched>();
  const write = (one: Watched, change: (step: Step) => Promise<unknown>): Promise<void> => {
    one.settled = true;
    return one.begun.then(change).then(
      () => {},
      () => lost(one.request.id),
    );
  };
  const answered = (one: Watched, result: Json): Promise<void> => {
    const doubt = doubtOf(result);
    if (doubt !== undefined) return write(one, (step) => journal.doubt(step, doubt));
    return write(one, (step) => journal.done(step, compensation(one.undo, one.request.action.args ?? {}, result), one.undo.timeout));
  };

  /** In a surface that performs, the compensation is on the disk before anybody sees the answer. */
  const see = (one: Watched, part: Part): Promise<void> | undefined => {
    if (part.type !== "value" || one.settled) return undefined;
    if (part.channel === "result") return answered(one, part.value);
    if (part.channel === "error") return write(one, (step) => journal.doubt(step, "the server answered with an error; it may have been done"));
    return undefined;
  };

  const end = (one: Watched, outcome: Outcome): Promise<void> => {
    watched.delete(one.request.id);
    if (one.settled) return one.begun.then(() => {});
    if (outcome.status === "denied") return write(one, journal.withdraw);
    if (outcome.status === "done" && one.reported !== undefined) return answered(one, one.reported);
    const why = outcome.status === "failed" ? `it failed on its way (${outcome.code}); it may have been done` : doubtOf(undefined);
    return write(one, (step) => journal.doubt(step, why ?? ""));
  };

  return {
    over(layers, undoOf) {
      const wanted = ({ action, context }: Request, { effect }: Decision) =>
        effect === "permit" && action.type === "tool.call" && action.tool !== undefined && SURFACES.has(context.surface) ? undoOf(action.tool) : undefined;
      return {
        ...layers,
        audit: {
          open(asked) {
            const entry = layers.audit.open(asked);
            let one: Watched | undefined;
            return {
              decided(request, decision, inspection) {
                const found = wanted(request, decision);
                const recorded = entry.decided(request, decision, inspection);
                if (found === undefined) return recorded;
                // INVARIANT: both are on the disk before the effect begins.
                const begun = journal.begin(ownerOf(request.principal), request.id, found.tool);
                one = { request, undo: found.undo, begun, settled: false };
                watched.set(request.id, one);
                return Promise.all([recorded, begun]).then(() => {});
              },
              close(outcome) {
                entry.close(outcome);
                const why = failureOf(asked, outcome);
                if (one === undefined && why === undefined) return;
                const told = (): void => void (why !== undefined && failed(ownerOf(asked.principal), why));
                // Where it could not be begun, nothing was done.
                (one === undefined ? Promise.resolve() : end(one, outcome)).then(told, told);
              },
            } satisfies Entry;
          },
        },
        sandbox: seeing(layers.sandbox, ({ id }) => {
          const one = watched.get(id);
          return one === undefined ? undefined : (part) => see(one, part);
        }),
        output: {
          open(request, decision, inspection) {
            const filter = layers.output.open(request, decision, inspection);
            const one = request.context.surface === "api" ? watched.get(request.id) : undefined;
            return one === undefined ? filter : reporting(filter, one);
          },
        },
      };
    },
  };
}

/** Shows the parts of an answer, as they come, to whoever wants to see them before they go on. */
export function seeing(sandbox: SandboxLayer, eye: (request: Request) => ((part: Part) => Promise<void> | undefined) | undefined): SandboxLayer {
  return {
    execute(request, decision, perform, signal) {
      const see = eye(request);
      if (see === undefined) return sandbox.execute(request, decision, perform, signal);
      const seen: typeof perform = async (decided, inner) => {
        const answer = await perform(decided, inner);
        return {
          ...answer,
          pump: (write) =>
            answer.pump((part) => {
              const first = see(part);
              return first === undefined ? write(part) : first.then(() => write(part));
            }),
        };
      };
      return sandbox.execute(request, decision, seen, signal);
    },
  };
}

/** What a host reports passes the output filter, whole and before anything is masked in it. */
function reporting(filter: Filter, one: Watched): Filter {
  return {
    text(channel, text) {
      if (one.reported === undefined || typeof one.reported === "string") one.reported = `${one.reported ?? ""}${text}`;
      return filter.text(channel, text);
    },
    end: (channel) => filter.end(channel),
    value(value, what, of) {
      if (what === "result") one.reported = value;
      return filter.value(value, what, of);
    },
    get blocked() {
      return filter.blocked;
    },
    verdict: () => filter.verdict(),
  };
}

export const ownerOf = ({ agent, user, session, capability }: Principal): Owner => ({
  agent,
  ...(user === undefined ? {} : { user }),
  ...(session === undefined ? {} : { session }),
  ...(capability === undefined ? {} : { key: capability }),
});

/** Why a task is over: a person said no to a part of it, or a call of it broke. That a tool says no is ordinary, and the agent's to deal with. */
function failureOf({ action, context }: Request, outcome: Outcome): string | undefined {
  if (action.type !== "tool.call" || !SURFACES.has(context.surface)) return undefined;
  if (outcome.status === "failed" && outcome.code.startsWith("upstream-")) return `\`${action.tool}\` failed (${outcome.code})`;
  const rejected = outcome.status === "denied" && outcome.decision.reasons.some(({ id, effect }) => effect === "deny" && id === "oversight/rejected");
  return rejected ? `a person rejected \`${action.tool}\`` : undefined;
}
