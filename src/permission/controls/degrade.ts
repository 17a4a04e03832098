import { type Decision, permit } from "../../core/decision.ts";
import type { Request } from "../../core/request.ts";
import type { DegradeConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What the same call of the same caller was answered before: which request it was, and how many milliseconds ago. */
export type Recorded = (request: Request, within: number) => { readonly of: string; readonly age: number } | undefined;

export interface DegradeOptions {
  /** True for what is known to change nothing. What nobody knows is no read. */
  readonly reads: (request: Request) => boolean;
  readonly recorded: Recorded;
}

/**
 * A control that, where the operator wants it so, does not stop everything when it stops something: `read-only` lets reads go on, `cached`
 * answers a read with what the same call was answered before. It loosens no other control and no decision: it says less itself.
 */
export function degrading(
  inner: Control,
  cause: Exclude<keyof DegradeConfig, "recorded">,
  config: DegradeConfig | undefined,
  options: DegradeOptions,
): Control {
  const mode = config?.[cause] ?? "refuse";
  if (config === undefined || mode === "refuse") return inner;
  // What went on so, until it is over: nothing was reserved for it, and it is no trial of what rests, so it ends no rest either.
  const degraded = new Set<string>();
  const instead = (request: Request, said: Decision): Decision => {
    const why = said.reasons.find(({ effect }) => effect === "deny")?.text ?? "something is not there";
    if (mode === "read-only") {
      degraded.add(request.id);
      return permit({ id: "degraded/read-only", text: `meanwhile only what reads goes on: ${why}` });
    }
    const found = options.recorded(request, config.recorded);
    if (found === undefined) return said;
    degraded.add(request.id);
    const text = `${why}; answered with what the same call was answered ${Math.round(found.age / 1000)} s ago`;
    return permit({ id: "degraded/cached", text }, [{ kind: "recorded", of: found.of }]);
  };
  const { ready, review, done, settle } = inner;
  return {
    id: inner.id,
    ...(ready === undefined ? {} : { ready: (request, now) => ready(request, now) }),
    ...(review === undefined ? {} : { review: (request, would) => review(request, would) }),
    check(request, inspection, now) {
      degraded.delete(request.id);
      const said = inner.check(request, inspection, now);
      return said.effect === "deny" && options.reads(request) ? instead(request, said) : said;
    },
    done(request, now, permitted) {
      if (!degraded.has(request.id)) done?.(request, now, permitted);
    },
    settle(request, outcome, now) {
      if (!degraded.delete(request.id)) settle?.(request, outcome, now);
    },
  };
}
