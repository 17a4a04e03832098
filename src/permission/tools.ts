import type { Label } from "../core/label.ts";
import { memoise } from "../core/memoise.ts";
import { deriveFacts, namesChange, type ToolDefinition, type ToolFacts } from "./defaults.ts";
import { type Manifest, manifestOf, plainReaders } from "./flow/manifest.ts";
import { serverOf, toolId } from "./names.ts";
import type { FactsConfig, ServerConfig } from "./policy-config.ts";

/** The tools as configuration knows them. */
export interface Tools {
  /** `server.tool` for whatever form a client uses. */
  readonly id: (written: string) => string;
  /** Everything that a written form may mean: where one of them is blocked, it is. */
  readonly meanings: (written: string) => readonly string[];
  /** What a tool does: configured, else the server's default, else guessed from what is known of it. */
  readonly facts: (id: string, definition?: ToolDefinition) => ToolFacts;
  /** How its server or client describes it, where that is known. */
  readonly definition: (id: string) => ToolDefinition | undefined;
  /** What configuration says of its single arguments and of the fields of its results. */
  readonly manifest: (id: string) => Manifest | undefined;
  /** True where the agent gets handles in place of what its results say. */
  readonly handles: (id: string) => boolean;
  /** The tool by which the records are counted that it would change: perhaps itself, as a dry run. */
  readonly countedBy: (id: string) => string | undefined;
  /** False where there is no such tool at all: then nothing is ever counted. */
  readonly counts: boolean;
}

/** `reads` are tools that a role lists, by their whole name, to be read: whoever wrote that has said what they do. */
export function compileTools(
  config: { readonly [server: string]: ServerConfig },
  reads: ReadonlySet<string> = new Set(),
  definitions: readonly ToolDefinition[] = [],
  pinned: Pinned = NOTHING_PINNED,
): Tools {
  const servers = new Set(Object.keys(config));
  const configured = new Map<string, FactsConfig>();
  const manifests = new Map<string, Manifest>();
  const bare = new Map<string, readonly string[]>();
  const handled = new Set<string>();
  const counted = new Map<string, string>();
  for (const [server, { tools }] of Object.entries(config))
    for (const [tool, facts] of Object.entries(tools)) {
      configured.set(`${server}.${tool}`, facts);
      if (facts.handles === true) handled.add(`${server}.${tool}`);
      if (facts.records !== undefined) counted.set(`${server}.${tool}`, facts.records.call ?? `${server}.${tool}`);
      const { trust = "untrusted", readers = "public" } = { ...config[server]?.default, ...facts };
      const manifest = manifestOf(facts, trust, plainReaders(readers));
      if (manifest !== undefined) manifests.set(`${server}.${tool}`, manifest);
      bare.set(tool, [...(bare.get(tool) ?? []), `${server}.${tool}`]);
    }
  const id = (written: string): string => toolId(written, servers, bare);
  const defined = new Map(definitions.map((definition) => [id(definition.name), definition]));
  const definition = (of: string): ToolDefinition | undefined => defined.get(of) ?? pinned.definition(of);
  const derived = (of: string, described = definition(of)): ToolFacts => {
    const server = serverOf(of);
    const own = configured.get(of);
    const fallback = servers.has(server) ? config[server]?.default : undefined;
    const name = server === "" ? of : of.slice(server.length + 1);
    // A bare name that two servers share could be either: nothing about it is taken to be harmless.
    if (bare.has(of) && own === undefined) return joined(own, fallback, UNKNOWN);
    const said = reads.has(of) && !namesChange(name) ? "read" : undefined;
    const effect = own?.effect ?? fallback?.effect ?? said;
    return joined(effect === undefined ? own : { ...own, effect }, fallback, deriveFacts({ ...described, name }, effect));
  };
  // Asked several times for every call; it changes with the definition only.
  let [version, known] = [pinned.version, memoise(MOST_KNOWN, (of: string) => derived(of))];
  const facts: Tools["facts"] = (of, described) => {
    if (described !== undefined) return derived(of, described);
    if (pinned.version !== version) [version, known] = [pinned.version, memoise(MOST_KNOWN, (one: string) => derived(one))];
    return known(of);
  };
  return {
    id,
    meanings: (written) => [written, id(written), ...(bare.get(written) ?? [])],
    facts,
    definition,
    manifest: (of) => manifests.get(of),
    handles: (of) => handled.has(of),
    countedBy: (of) => counted.get(of),
    counts: counted.size > 0,
  };
}

/** What servers said of their tools, as far as it is pinned. `version` grows when that changes. */
export interface Pinned {
  readonly version: number;
  definition(id: string): ToolDefinition | undefined;
}
export const NOTHING_PINNED: Pinned = { version: 0, definition: () => undefined };

/** Tools whose facts are remembered. */
const MOST_KNOWN = 1_000;

const UNKNOWN: ToolFacts = { effect: "write", egress: true, trust: "untrusted", categories: [], readers: "public", derived: ["effect", "egress", "trust"] };

function joined(own: FactsConfig | undefined, fallback: FactsConfig | undefined, guess: ToolFacts): ToolFacts {
  const effect = own?.effect ?? fallback?.effect;
  const trust = own?.trust ?? fallback?.trust;
  const egress = own?.egress ?? fallback?.egress;
  return {
    effect: effect ?? guess.effect,
    egress: egress ?? guess.egress,
    trust: trust ?? guess.trust,
    categories: own?.categories ?? fallback?.categories ?? [],
    readers: plainReaders(own?.readers ?? fallback?.readers ?? "public"),
    derived: guess.derived.filter((name) => (name === "effect" ? effect : name === "egress" ? egress : trust) === undefined),
  };
}

/** The label that a tool's results carry as a whole: as little trusted as the least trusted of their fields, and for those who may read all of them. */
export function resultLabel(id: string, { trust, categories, readers }: ToolFacts, manifest?: Manifest): Label {
  return { integrity: manifest?.floor ?? trust, readers: manifest?.everyField ?? readers, categories, origins: [`tool:${id}`] };
}
