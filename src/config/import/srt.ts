import { isArray, isObject, type Json, type JsonObject, parseJsonText } from "../../core/json.ts";
import { type Line, line } from "./line.ts";
import { deniedRanges, type Host, hostsOf } from "./srt-hosts.ts";
import { type Places, pathsOf } from "./srt-paths.ts";

/** Settings of `@anthropic-ai/sandbox-runtime` (`~/.srt-settings.json`, as of 0.0.78) as a sandbox of ours. */
export interface Imported {
  readonly sandbox: {
    readonly driver: "process" | "network";
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly allow_hosts: readonly Host[];
  };
  /** What became of each line, and of what it keeps apart without one. INVARIANT: nothing that stands there is left out. */
  readonly lines: readonly Line[];
}

/** Settings that keep nothing apart there on Linux, or whose work is done in another way here. */
const IDLE: { readonly [at: string]: string } = {
  "network.deniedDomainReasons": "words for a model; Holdfast says its own",
  "network.strictAllowlist": "what is not listed is never asked about here",
  "network.allowUnixSockets": "for macOS only",
  "network.allowMachLookup": "for macOS only",
  "network.allowLocalBinding": "its loopback is its own here, and may be bound to",
  "filesystem.allowGitConfig": "what may be written may be written as a whole here",
  "credentials.allowPlaintextInject": "nothing is put into connections here",
  ignoreViolations: "about reports",
  enableWeakerNestedSandbox: "there is no weaker sandbox here",
  enableWeakerNetworkIsolation: "for macOS only",
  allowAppleEvents: "for macOS only",
  allowPty: "for macOS only",
  windows: "for Windows only",
  ripgrep: "how it looks for files",
  mandatoryDenySearchDepth: "how it looks for files",
  seccomp: "where its programs are",
  bwrapPath: "where its programs are",
  socatPath: "where its programs are",
  javaAgentJarPath: "where its programs are",
  git: "variables for git; put them into `env` of the command",
};
/** What somebody relies on, and Holdfast does in no way. */
const REFUSED: { readonly [at: string]: string } = {
  "network.httpProxyPort": "another proxy decides there; Holdfast's would stand in its place, and does not know what that one refuses",
  "network.socksProxyPort": "another proxy decides there; Holdfast's would stand in its place, and does not know what that one refuses",
  "network.mitmProxy": "Holdfast hands connections to no other proxy",
  "network.parentProxy": "Holdfast connects by itself",
  "network.filterRequest": "a program decides there",
  "network.tlsTerminate": "Holdfast does not look into TLS",
  "credentials.awsPairs": "Holdfast puts no credentials into the connections of a sandbox",
  "credentials.sigv4": "Holdfast puts no credentials into the connections of a sandbox",
};

const SECTIONS = ["network", "filesystem", "credentials"];

/** Undefined with a reason for what are no such settings. What is not known is refused: nobody can say what it keeps apart. */
export function importSrt(text: string, places: Places): Imported | string {
  const parsed = parseJsonText(text);
  if (!parsed.ok) return `it is no JSON: ${parsed.fault}`;
  if (!isObject(parsed.value)) return "it is no object";
  const settings = parsed.value;
  const lines: Line[] = [];
  const section = (name: string): JsonObject => {
    const value = settings[name];
    if (value !== undefined && !isObject(value)) lines.push(line(name, "refused", "it is no object"));
    return isObject(value) ? value : {};
  };
  const [network, files, credentials] = [section("network"), section("filesystem"), section("credentials")];
  const texts = (at: string, value: Json | undefined): readonly string[] => {
    if (value === undefined) return [];
    if (isArray(value) && value.every((one) => typeof one === "string" && one !== "")) return value as readonly string[];
    lines.push(line(at, "refused", "it is no list of texts"));
    return [];
  };
  const flag = (at: string, value: Json | undefined): boolean => {
    if (value !== undefined && typeof value !== "boolean") lines.push(line(at, "refused", "it is neither true nor false"));
    return value === true;
  };

  const allowed = hostsOf(texts("network.allowedDomains", network["allowedDomains"]), texts("network.deniedDomains", network["deniedDomains"]));
  lines.push(...allowed.lines, ...deniedRanges(texts("network.deniedResolvedAddresses", network["deniedResolvedAddresses"]), allowed.hosts.length > 0));
  const secret = secretsOf(credentials, lines);
  const lists = {
    denyRead: texts("filesystem.denyRead", files["denyRead"]),
    allowRead: texts("filesystem.allowRead", files["allowRead"]),
    allowWrite: texts("filesystem.allowWrite", files["allowWrite"]),
    denyWrite: texts("filesystem.denyWrite", files["denyWrite"]),
    secret,
  };
  const open = flag("filesystem.disabled", files["disabled"]);
  const paths = open
    ? {
        read: [],
        write: [],
        lines: [line("filesystem.disabled", "tighter", "the driver `network`: all files of an account, which is nobody unless `sandboxes.network` says so")],
      }
    : pathsOf(lists, places);
  lines.push(...paths.lines);
  if (!open) lines.push(...(files["disabled"] === false ? [line("filesystem.disabled", "kept", "files are kept apart")] : []));
  const sockets = flag("network.allowAllUnixSockets", network["allowAllUnixSockets"]);
  if (sockets) lines.push(line("network.allowAllUnixSockets", "tighter", "only sockets in what is named can be reached"));
  else if (open || paths.read.length + paths.write.length > 0)
    lines.push(line("network.allowAllUnixSockets", "less", "there no socket in a file can be connected to; here those can that lie in what may be read"));
  lines.push(...besides(settings, { network, filesystem: files, credentials }));
  return { sandbox: { driver: open ? "network" : "process", read: paths.read, write: paths.write, allow_hosts: allowed.hosts }, lines };
}

/** Files that must not be read. Variables need no care: nothing is inherited. A stand-in for a value is nothing that Holdfast makes there. */
function secretsOf(credentials: JsonObject, lines: Line[]): readonly string[] {
  const entries = (name: "files" | "envVars"): readonly (readonly [string, JsonObject])[] => {
    const list: Json = credentials[name] ?? [];
    if (isArray(list) && list.every(isObject)) return list.map((one, index) => [`credentials.${name}[${index}]`, one as JsonObject] as const);
    lines.push(line(`credentials.${name}`, "refused", "it is no list of objects"));
    return [];
  };
  const masked = (at: string, { mode }: JsonObject): boolean => {
    if (mode === "deny") return false;
    lines.push(line(at, "refused", mode === "mask" ? "Holdfast puts no credentials into the connections of a sandbox" : "its `mode` is not known"));
    return true;
  };
  for (const [at, one] of entries("envVars")) if (!masked(at, one)) lines.push(line(at, "kept", "nothing of the environment is inherited"));
  return entries("files").flatMap(([at, one]) => {
    if (masked(at, one)) return [];
    if (typeof one["path"] === "string" && one["path"] !== "") return [one["path"]];
    lines.push(line(at, "refused", "it has no `path`"));
    return [];
  });
}

const READ = [
  ...["network.allowedDomains", "network.deniedDomains", "network.deniedResolvedAddresses", "network.allowAllUnixSockets"],
  ...["filesystem.disabled", "filesystem.denyRead", "filesystem.allowRead", "filesystem.allowWrite", "filesystem.denyWrite"],
  ...["credentials.files", "credentials.envVars"],
];

function besides(settings: JsonObject, sections: { readonly [name: string]: JsonObject }): readonly Line[] {
  const all = [
    ...Object.keys(settings).filter((key) => !SECTIONS.includes(key)),
    ...SECTIONS.flatMap((name) => Object.keys(sections[name] ?? {}).map((key) => `${name}.${key}`)),
  ];
  return all
    .filter((at) => !READ.includes(at))
    .map((at) => {
      if (Object.hasOwn(IDLE, at)) return line(at, "idle", IDLE[at] as string);
      return line(at, "refused", Object.hasOwn(REFUSED, at) ? (REFUSED[at] as string) : "it is not known, so nobody can say what it keeps apart");
    });
}
