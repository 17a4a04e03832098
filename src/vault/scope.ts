import { deny, join } from "../core/decision.ts";
import type { PermissionLayer } from "../core/layers.ts";

/**
 * A permission layer in which a key that was made for some models reaches no others. It only tightens. `modelsOf` gives the patterns
 * (`openai/*`, `openai/gpt-4o`, `*`) of a key's id, or undefined where the key has no scope of its own.
 */
export function withinScope(inner: PermissionLayer, modelsOf: (capability: string) => readonly string[] | undefined): PermissionLayer {
  return {
    decide(request, inspection) {
      const decision = inner.decide(request, inspection);
      const { capability } = request.principal;
      const scope = capability === undefined ? undefined : modelsOf(capability);
      if (scope === undefined || request.action.type !== "model.call" || matchesScope(scope, request.resource?.id ?? "")) return decision;
      const outside = deny({ id: "keys/scope", text: "the key was not made for this model" });
      return decision instanceof Promise ? decision.then((answer) => join(answer, outside)) : join(decision, outside);
    },
  };
}

/** True if one of the patterns covers the model. `*` stands at the end only, and for anything. */
export function matchesScope(patterns: readonly string[], model: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : model === pattern));
}
