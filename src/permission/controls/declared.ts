import { NEUTRAL } from "../../core/decision.ts";
import type { Intent } from "../../core/intent.ts";
import type { ActionType, Request } from "../../core/request.ts";
import { isProxied } from "../egress.ts";
import { argumentsOf } from "../flow/argument-role.ts";
import { against, decisionOf, type Objection, TOO_MANY } from "../flow/objection.ts";
import { actOf, bareName } from "../flow/tool-act.ts";
import { grants } from "../names.ts";
import type { Mode } from "../policy-config.ts";
import type { Control } from "./control.ts";
import type { EffectOf } from "./flow.ts";

/** What asks or lists does nothing that could be declared, and what a server asks of its client is not the agent's doing. */
const UNDECLARED: ReadonlySet<ActionType> = new Set(["model.call", "model.list", "tool.list", "client.sample", "client.elicit"]);

/**
 * The caller declared what it is about to do: the call is compared with that, the tool, whether it changes something, whom it reaches. An agent
 * whose model was talked into something else then does what its program never meant. No declaration permits anything.
 */
export function declaredControl(mode: Mode, effectOf: EffectOf): Control {
  return {
    id: "declared",
    check(request) {
      const { intents = [] } = request.context;
      if (intents.length === 0 || UNDECLARED.has(request.action.type)) return NEUTRAL;
      const objections = intents.flatMap((intent) => objectionsTo(request, intent));
      return objections.length === 0 ? NEUTRAL : decisionOf(objections, mode);
    },
  };

  function objectionsTo(request: Request, { tools, effect, targets }: Intent): readonly Objection[] {
    const described = effectOf(request);
    const name = described?.id || request.action.type;
    const acts = described === undefined || described.effect === "write" || described.egress;
    return [
      ...(tools === undefined || tools.some((pattern) => grants(pattern, name)) ? [] : [UNNAMED]),
      ...(effect === "read" && acts ? [CHANGES] : []),
      ...(targets !== undefined && acts ? elsewhere(request, described, targets) : []),
    ];
  }
}

const UNNAMED = against("flow/declared-tool", "ask", "the call is to a tool that the caller did not declare");
const CHANGES = against("flow/declared-effect", "ask", "the call changes something or leaves the house, and the caller declared that it only reads");
const NOWHERE = against("flow/declared-target", "ask", "the caller declared whom it reaches, and the call does not say whom");

/** Whom the call reaches; where it names nobody, the thing that it acts upon, or its resource. The addresses of a host are what we looked up, not what was asked for. */
function elsewhere(request: Request, described: ReturnType<EffectOf>, targets: readonly string[]): readonly Objection[] {
  const { action, resource } = request;
  const { args = {} } = action;
  const found = argumentsOf(isProxied(request) ? { host: args["host"] ?? null } : args, actOf(bareName(action.tool ?? action.type), described?.definition));
  if (found === undefined) return [TOO_MANY];
  const reached = ["target", "object"].map((role) => found.filter((one) => one.role === role)).find((some) => some.length > 0);
  if (reached === undefined)
    return action.tool === undefined && resource !== undefined && targets.some((target) => reaches(target, resource.id)) ? [] : [NOWHERE];
  return reached
    .filter(({ value }) => !targets.some((target) => reaches(target, value)))
    .map((argument) => against("flow/declared-target", "ask", "a value leads to somebody or something that the caller did not declare", { argument }));
}

/**
 * ATTACK: `https://evil.example/?x=.shop.example` ends like `*.shop.example`, and `eve@evil.example,ann@shop.example` like `*@shop.example`.
 * So an address stands for its host alone, and what a star stands for holds nothing that could divide two values.
 */
function reaches(target: string, value: string): boolean {
  const host = value.includes("://") && URL.canParse(value) ? new URL(value).hostname : undefined;
  const ends = target.startsWith("*") ? target.slice(1).toLowerCase() : undefined;
  if (ends === undefined) return value === target || host === target.toLowerCase() || (ADDRESS.test(value) && value.toLowerCase() === target.toLowerCase());
  const name = (host ?? value).toLowerCase();
  return name.endsWith(ends) && STARRED.test(name.slice(0, name.length - ends.length));
}
/** A mail address or a host: the same in any case, as a path is not. */
const ADDRESS = /^[\w.%+@-]+$/;
const STARRED = /^[\w.%+-]+$/;
