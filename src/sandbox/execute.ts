import type { Decision } from "../core/decision.ts";
import type { Answer, Executed, Perform, SandboxLayer } from "../core/layers.ts";
import type { Request } from "../core/request.ts";

/**
 * Performs a request inside one sandbox, or throws before anything happened. It may be called many times at once, it frees what it holds
 * when `signal` aborts, and it never falls back to performing outside.
 */
export type Isolate = (request: Request, perform: Perform, signal: AbortSignal) => Promise<Answer>;

export interface SandboxOptions {
  readonly drivers: { readonly [name: string]: Isolate };
  /** What the request `of` was answered, where that may be the answer of this one; `age` in milliseconds. Without it nothing may. */
  readonly recorded?: (request: Request, of: string) => NonNullable<Request["recorded"]> | undefined;
  /** The request with its arguments written as their sinks want them; undefined where that cannot be. Without it none can. */
  readonly written?: (request: Request) => Request | undefined;
}

/** Layer 3: performs under the decision's obligations. What it cannot isolate as it was told to, it refuses before anything happened. */
export function sandboxLayer({ drivers, recorded = () => undefined, written = () => undefined }: SandboxOptions): SandboxLayer {
  return {
    async execute(decided, decision, perform, signal) {
      const request = !decision.obligations.some(({ kind }) => kind === "escape") ? decided : written(decided);
      if (request === undefined) return refused("sink/unwritten", "an argument had to be written as its sink wants it, and could not be");
      const wanted = isolation(decision);
      if (wanted.fault !== undefined) return wanted.fault;
      if (wanted.recorded !== undefined) {
        const answer = recorded(request, wanted.recorded);
        if (answer === undefined) return refused("degraded/gone", "the recorded answer that would stand in is gone, or may not be given any more");
        return { kind: "ran", answer: await perform({ ...request, recorded: answer }, signal) };
      }
      if (wanted.driver === undefined) return { kind: "ran", answer: await perform(request, signal) };
      const driver = Object.hasOwn(drivers, wanted.driver) ? drivers[wanted.driver] : undefined;
      if (driver === undefined) return refused("sandbox/no-driver", "this must run isolated, and the sandbox it names is not there");
      return { kind: "ran", answer: await driver(request, perform, signal) };
    },
  };
}

/** Which driver, or which recorded answer, the obligations name. Masking, notifying and limits are met by others; what nobody knows, nobody meets. */
function isolation(decision: Decision): { readonly driver?: string; readonly recorded?: string; readonly fault?: Executed } {
  let driver: string | undefined;
  let recorded: string | undefined;
  for (const obligation of decision.obligations) {
    switch (obligation.kind) {
      case "mask":
      case "limit":
      case "notify":
      case "escape":
      case "approval": // what needs one comes here only after oversight has seen it given
        break;
      case "isolate":
        if (driver !== undefined && driver !== obligation.driver)
          return { fault: refused("sandbox/two-drivers", "two different sandboxes are demanded at once") };
        driver = obligation.driver;
        break;
      case "recorded":
        if (recorded !== undefined && recorded !== obligation.of)
          return { fault: refused("degraded/two-answers", "two different answers are demanded at once") };
        recorded = obligation.of;
        break;
      default:
        return { fault: refused("sandbox/unknown-obligation", "the decision carries an obligation that nobody here can meet") };
    }
  }
  return { ...(driver === undefined ? {} : { driver }), ...(recorded === undefined ? {} : { recorded }) };
}

const refused = (id: string, text: string): Executed => ({ kind: "refused", reason: { id, text } });
