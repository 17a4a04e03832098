import type { Config } from "../config/index.ts";
import type { AskModel } from "../core/ask-model.ts";
import { defaultLabel, type Source } from "../core/content.ts";
import type { Counted } from "../core/counted.ts";
import { HoldfastError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Label } from "../core/label.ts";
import type { AuditLayer, Clock, Layers, OversightLayer } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import type { Veils } from "../core/veil.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import { marks, scanner } from "../detectors/index.ts";
import { decodings, inputLayer, normalise } from "../input/index.ts";
import { type OutputOptions, outputLayer, type Pseudonyms } from "../output/index.ts";
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
  type SettledPermission,
  sinkControl,
  type ToolDefinition,
} from "../permission/index.ts";
import { type SandboxOptions, sandboxLayer } from "../sandbox/execute.ts";
import type { Recordings } from "../sandbox/recordings.ts";
import type { McpGatewayOptions } from "../surfaces/mcp-gateway/gateway.ts";
import { withinScope } from "../vault/scope.ts";
import { withToolAgents } from "./agents/tool-agents.ts";
import { isThisMachine, ownAddress } from "./own-address.ts";
import { dryRuns } from "./people/dry-run.ts";
import { recordedAnswers } from "./records/recorded.ts";
import { settling } from "./records/settling.ts";
import { answering } from "./texts/answering.ts";
import { canaryOf } from "./texts/canary.ts";
import { detecting } from "./texts/detecting.ts";
import { secondOf } from "./texts/larger-model.ts";
import { readingRequests } from "./texts/reading-requests.ts";
import { type Results, resultsOf } from "./texts/results.ts";
import { sinksOf } from "./texts/sinks.ts";
import { judges } from "./texts/trained.ts";

/** What a configuration makes of the layers. The log is given: it outlives configurations. */
export interface Composed {
  readonly config: Config;
  readonly policy: Policy;
  readonly layers: Layers;
  readonly label: (source: Source) => Label;
  /** What of a request a model's provider does not get to see; undefined: it sees everything. */
  readonly veils: Veils | undefined;
  /** What tools' results must be. */
  readonly results: Results;
  /** What a call would change now; undefined where nobody is to count. */
  readonly recount: (request: Request) => Promise<Counted | undefined>;
}

/** Builds the layers of a configuration that was checked. `tools` are definitions that a client brings, for what is worked out from them. */
export function composeLayers(
  config: Config,
  audit: AuditLayer,
  options: Permitting & {
    readonly clock: Clock;
    /** The models that a key was made for, where it was made for some only. */
    readonly scopeOf?: (key: string) => readonly string[] | undefined;
    /** Who is asked where the answer is `ask`. Without it nobody is. */
    readonly oversight?: OversightLayer;
    /** The stand-ins of all sessions. Without them nothing is hidden from providers: where no model is called. */
    readonly pseudonyms?: Pseudonyms;
    /** What reads were answered. Without them nothing stands in for a call. */
    readonly recordings?: Recordings;
    /** Puts a question of ours to a model. Where one is configured and this is absent, it counts as one that cannot be asked. */
    readonly askModel?: (model: string) => AskModel;
    /** The tool servers, for dry runs. Asked when the first is made; without it nothing can be counted. */
    readonly servers?: () => McpGatewayOptions;
  },
  tools: readonly ToolDefinition[] = [],
): Composed {
  const { length, ...actions } = config.input;
  const recorded =
    options.recordings === undefined
      ? undefined
      : recordedAnswers(options.recordings, {
          policy: () => policy,
          clock: options.clock,
          label: ({ action }) => ({ ...labelling(policy)({ kind: "tool", id: action.tool ?? "" }) }),
        });
  const { clock, servers } = options;
  const judging = (reading: Config) => composePermission(reading, shared(options), tools);
  const count = servers === undefined ? undefined : dryRuns({ config, clock, audit, judging, layers: () => layers, servers });
  const { policy, permission } = composePermission(
    config,
    { ...options, ...readingRequests(config, options), ...withoutAbsent({ recorded: recorded?.of, count }) },
    tools,
  );
  const { detectors, allowed, own } = detecting(config.detectors);
  const veils = options.pseudonyms?.veils({ kinds: config.output.models, own: own.models }, config.flow.session);
  const results = resultsOf(config, policy);
  const sinks = sinksOf(config, policy);
  const written: SandboxOptions["written"] = (request) => {
    const args = sinks.escaped(request, request.action.args ?? {}) as JsonObject;
    const done = { ...request, action: { ...request.action, args } };
    return sinks.faults(done).every(({ follows }) => follows !== "escape" && follows !== "deny") ? done : undefined;
  };
  const layers: Layers = {
    audit: settling(audit, permission.settle),
    clock: options.clock,
    deadlines: config.deadlines,
    input: inputLayer({ detectors, scanner, judges, actions, own: own.input, allowed, veils, second: secondOf(config), limits: { text: length } }),
    permission: withinScope(permission, options.scopeOf ?? (() => undefined)),
    oversight: options.oversight ?? unattended,
    sandbox: sandboxLayer({ drivers: {}, written, ...(recorded === undefined ? {} : { recorded: recorded.take }) }),
    output: outputLayer({ ...outputOf(config), written: sinks.escaped, ...answering(config, options), results: results.of, detectors, own, allowed, veils }),
  };
  return {
    config,
    policy,
    layers: recorded === undefined ? layers : recorded.over(layers),
    label: labelling(policy),
    veils,
    results,
    async recount(request) {
      const tool = policy.tools.id(request.action.tool ?? "");
      return count !== undefined && request.action.type === "tool.call" && policy.tools.countedBy(tool) !== undefined ? count(request, tool) : undefined;
    },
  };
}

/** What a dry run is judged by as every call of its agent is: what is counted, spent and stopped. It has no past, and makes none. */
const shared = ({ clock, rates, ledger, breakers, chains, isPaused, isOwnAddress, traffic, autonomy, isWritable, pins, own }: Permitting): Permitting => ({
  clock,
  ...withoutAbsent({ rates, ledger, breakers, chains, isPaused, isOwnAddress, traffic, autonomy, isWritable, pins, own }),
});

/** What the permission layer is made of beside a configuration. */
export type Permitting = PermissionOptions & {
  /** What servers said of their tools. Without it nothing is pinned: for replays and tests of a policy. */
  readonly pins?: Pins;
  /** What of this machine is Holdfast's own, where it runs on one that agents' tools reach. */
  readonly own?: Own;
};

/** The permission layer of a configuration that was checked, alone. */
export function composePermission(
  config: Config,
  options: Permitting,
  tools: readonly ToolDefinition[] = [],
): { readonly policy: Policy; readonly permission: SettledPermission } {
  const { pins, own } = options;
  const compiled = compilePolicy(withToolAgents(config), pins === undefined ? undefined : pinnedBy(pins));
  if (!compiled.ok) throw new HoldfastError("configuration", "the policy does not compile");
  const policy = tools.length === 0 ? compiled.policy : compiled.policy.withDefinitions(tools);
  const permission = permissionLayer(policy, {
    ...options,
    controls: [...controlsOf(options, policy, config.server.hosts), sinkControl(sinksOf(config, policy).faults)],
    ...(own === undefined ? {} : { isOwnAddress: ownAddress(own.ports) }),
  });
  return { policy, permission };
}

function outputOf({ output, agents }: Config): Omit<OutputOptions, "detectors"> {
  const { sink, links, system_prompt: prompt, canary, reasoning, text, arguments: args } = output;
  return {
    scanner,
    marks,
    text,
    arguments: args,
    said: { links, prompt, decode: decodings, fold: (said) => normalise(said).text, ...(canary ? { canary: canaryOf } : {}) },
    sink: ({ principal }) => (Object.hasOwn(agents, principal.agent) ? agents[principal.agent]?.sink : undefined) ?? sink,
    unseen: (channel) => reasoning === "drop" && REASONING.test(channel),
  };
}

/** The channels of the codecs on which a model thinks. */
const REASONING = /^(?:reasoning|thinking)\//;

function controlsOf({ pins, own, isPaused }: Permitting, policy: Policy, names: readonly string[]): readonly Control[] {
  return [
    ...(isPaused === undefined ? [] : [pauseControl(isPaused)]),
    ...(pins === undefined ? [] : [pinControl(pins, policy.tools.id)]),
    ...(own === undefined ? [] : [ownControl(own, { isHere: isThisMachine, names })]),
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
