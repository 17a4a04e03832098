import type { Config } from "../config/index.ts";
import { defaultLabel, type Source } from "../core/content.ts";
import { HoldfastError } from "../core/errors.ts";
import type { Label } from "../core/label.ts";
import type { AuditLayer, Clock, Layers, OversightLayer } from "../core/layers.ts";
import { detectors, marks, scanner } from "../detectors/index.ts";
import { decodings, inputLayer } from "../input/index.ts";
import { type OutputOptions, outputLayer } from "../output/index.ts";
import { unattended } from "../oversight/index.ts";
import {
  type Control,
  compilePolicy,
  definitionOf,
  type Own,
  ownControl,
  type PermissionOptions,
  type Pinned,
  type Pins,
  type Policy,
  pauseControl,
  permissionLayer,
  pinControl,
  resultLabel,
  type ToolDefinition,
} from "../permission/index.ts";
import { sandboxLayer } from "../sandbox/execute.ts";
import { withinScope } from "../vault/scope.ts";
import { canaryOf } from "./canary.ts";
import { judges } from "./judges.ts";
import { settling } from "./settling.ts";

/** What a configuration makes of the layers. The log is given: it outlives configurations. */
export interface Composed {
  readonly config: Config;
  readonly policy: Policy;
  readonly layers: Layers;
  readonly label: (source: Source) => Label;
}

/** Builds the layers of a configuration that was checked. `tools` are definitions that a client brings, for what is worked out from them. */
export function composeLayers(
  config: Config,
  audit: AuditLayer,
  options: PermissionOptions & {
    readonly clock: Clock;
    /** The models that a key was made for, where it was made for some only. */
    readonly scopeOf?: (key: string) => readonly string[] | undefined;
    /** What servers said of their tools. Without it nothing is pinned: for replays and tests of a policy. */
    readonly pins?: Pins;
    /** Who is asked where the answer is `ask`. Without it nobody is. */
    readonly oversight?: OversightLayer;
    /** What of this machine is Holdfast's own, where it runs on one that agents' tools reach. */
    readonly own?: Own;
    /** Whom an operator has stopped. */
    readonly isPaused?: (agent: string) => boolean;
  },
  tools: readonly ToolDefinition[] = [],
): Composed {
  const { pins } = options;
  const compiled = compilePolicy(config, pins === undefined ? undefined : pinnedBy(pins));
  if (!compiled.ok) throw new HoldfastError("configuration", "the policy does not compile");
  const policy = tools.length === 0 ? compiled.policy : compiled.policy.withDefinitions(tools);
  const { length, ...actions } = config.input;
  const permission = permissionLayer(policy, { ...options, controls: controlsOf(options, policy) });
  const layers: Layers = {
    audit: settling(audit, permission.settle),
    clock: options.clock,
    deadlines: config.deadlines,
    input: inputLayer({ detectors, scanner, judges, actions, limits: { text: length } }),
    permission: withinScope(permission, options.scopeOf ?? (() => undefined)),
    oversight: options.oversight ?? unattended,
    sandbox: sandboxLayer({ drivers: {} }),
    output: outputLayer(outputOf(config)),
  };
  return { config, policy, layers, label: labelling(policy) };
}

function outputOf({ output }: Config): OutputOptions {
  const { links, system_prompt: prompt, canary, reasoning, text, arguments: args } = output;
  return {
    detectors,
    scanner,
    marks,
    text,
    arguments: args,
    said: { links, prompt, decode: decodings, ...(canary ? { canary: canaryOf } : {}) },
    unseen: (channel) => reasoning === "drop" && REASONING.test(channel),
  };
}

/** The channels of the codecs on which a model thinks. */
const REASONING = /^(?:reasoning|thinking)\//;

function controlsOf(
  { pins, own, isPaused }: { readonly pins?: Pins; readonly own?: Own; readonly isPaused?: (agent: string) => boolean },
  policy: Policy,
): readonly Control[] {
  return [
    ...(isPaused === undefined ? [] : [pauseControl(isPaused)]),
    ...(pins === undefined ? [] : [pinControl(pins, policy.tools.id)]),
    ...(own === undefined ? [] : [ownControl(own)]),
  ];
}

export function pinnedBy(pins: Pins): Pinned {
  return {
    get version() {
      return pins.version;
    },
    definition(tool) {
      const pin = pins.of(tool);
      return pin === undefined ? undefined : definitionOf(pin);
    },
  };
}

/** A tool's results have the label that configuration gives the tool; everything else has what its kind says. */
function labelling(policy: Policy): (source: Source) => Label {
  return (source) => {
    if (source.kind !== "tool" || source.id === undefined) return defaultLabel(source);
    const id = policy.tools.id(source.id);
    return resultLabel(id, policy.tools.facts(id), policy.tools.manifest(id));
  };
}
