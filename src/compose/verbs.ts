import { createReadStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { lintPrompt } from "../assurance/prompt/lint.ts";
import { promptTemplate, TEMPLATES } from "../assurance/prompt/template.ts";
import { noteVerifier, openNote } from "../audit/note.ts";
import { verifyExport, verifyLog } from "../audit/verify.ts";
import { type Config, type Fault, importSrt, loadConfig, outOfTheBox, starterConfig, withFacts } from "../config/index.ts";
import { HoldfastError } from "../core/errors.ts";
import { detectors, scanner } from "../detectors/index.ts";
import { readReceipt, verifyReceipt } from "../oversight/receipt.ts";
import { compilePolicy, describePolicy, type ToolDefinition } from "../permission/index.ts";
import { openFileLogReader } from "../stores/file.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import type { Wiring } from "../surfaces/cli/wiring.ts";
import { createKeys } from "../vault/keys.ts";
import { checkConfig } from "./check.ts";
import { composeLayers } from "./layers.ts";
import { systemClock, systemRandom } from "./platform.ts";
import { documentsIn } from "./records/documents.ts";
import { openReader } from "./records/reader.ts";

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What the command line needs of the product. Heavy parts are loaded by the verb that runs them. */
export function wiring({ env, cwd }: World): Wiring {
  const read = (path: string): Promise<string> => readFile(path, "utf8");
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(cwd, path));

  /** The store's file; keys and log lie beside it. */
  function storeOf({ storage }: Config, from = cwd): string {
    if (!storage.url.startsWith("sqlite:")) throw new HoldfastError("configuration", "`storage.url` must be `sqlite:…`: there is no other store yet");
    return resolve(from, storage.url.slice("sqlite:".length));
  }
  const folderOf = (config: Config): string => dirname(storeOf(config));
  /** Where data of this configuration lie, seen from its file. */
  const besideOf = (config: Config, path: string): string => dirname(storeOf(config, dirname(absolute(path))));

  /** Where `run` keeps its data. */
  async function runData(config: Config, path: string | undefined): Promise<string> {
    if (path !== undefined) return besideOf(config, path);
    const { stateFolder } = await import("./run/folders.ts");
    return stateFolder(env);
  }

  const pins: Wiring["pins"] = async (config, path) => {
    const { openPinBoard } = await import("./tools/pin-board.ts");
    if (path === undefined) return openPinBoard([await runData(config, path)], undefined);
    return openPinBoard([...new Set([folderOf(config), besideOf(config, path)])], storeOf(config));
  };
  /** What servers said of their tools, as far as it was seen and is not held back: the gateway works with it, so what it means is shown with it. */
  async function seen(config: Config, path: string): Promise<ReadonlyMap<string, ToolDefinition>> {
    const board = await pins(config, path);
    try {
      const all = await board.all();
      return new Map(all.flatMap(({ tool, held, definition }) => (held === undefined ? [[tool, definition as unknown as ToolDefinition] as const] : [])));
    } finally {
      await board.close();
    }
  }

  return {
    load: (path) => loadConfig({ ...(path === undefined ? {} : { path }), env, cwd, readFile: read, check: checkConfig }),
    starter: () => starterConfig,
    outOfTheBox(base) {
      const fresh = outOfTheBox();
      return base === undefined ? fresh : { ...base, agents: fresh.agents, roles: { ...base.roles, ...fresh.roles } };
    },
    evaluator: (config, tools = []) => composeLayers(config, NOWHERE, { clock: systemClock, uncounted: true }, tools as readonly ToolDefinition[]),
    async examine({ config, path, locate }) {
      const pinned = await seen(config, path);
      const compiled = compilePolicy(config, { version: 0, definition: (id) => pinned.get(id) });
      if (!compiled.ok) throw new HoldfastError("configuration", "the policy does not compile");
      const { tryLargerModel } = await import("./texts/larger-model.ts");
      const warnings: Fault[] = [...compiled.notes, ...(await tryLargerModel(config))].map(locate);
      return { ...describePolicy(config, compiled.policy, [...pinned.keys()]), warnings, tests: config.tests.length };
    },
    withFacts,
    async start(loaded, options) {
      const { startServer } = await import("./server.ts");
      return startServer(loaded, options, {
        env,
        readFile: read,
        folder: folderOf(loaded.config),
        store: storeOf(loaded.config),
        path: absolute(loaded.path),
        dist: join(import.meta.dirname, "../../console/dist"),
        alone: true,
      });
    },
    async run(config, path, options) {
      const { runServer } = await import("./run/run.ts");
      return runServer(config, options, await runData(config, path), path === undefined ? undefined : absolute(path));
    },
    async keys(config) {
      await mkdir(folderOf(config), { recursive: true, mode: 0o700 });
      const store = await openSqliteStore(storeOf(config));
      const { mint, revoke, list } = createKeys({ documents: documentsIn(store), clock: systemClock, random: systemRandom });
      return { mint, revoke, list, close: () => store.close() };
    },
    pins,
    log: (config) => openReader(folderOf(config)),
    async verify(path, vkey) {
      const found = await stat(path).catch(() => {
        throw new HoldfastError("not-found", "there is nothing to verify at this path");
      });
      if (!found.isDirectory()) return verifyExport(createReadStream(path), vkey);
      // Given the data folder or the log's own.
      const inside = join(path, "audit");
      const folder = await stat(inside).then(
        () => inside,
        () => path,
      );
      return verifyLog(await openFileLogReader(folder), vkey);
    },
    prompts: {
      templates: TEMPLATES,
      template: promptTemplate,
      lint: (text) => lintPrompt(text, scanner(CREDENTIALS)),
    },
    async sandboxes(config) {
      const { sandboxBench } = await import("./sandboxes/sandboxes.ts");
      const { stateFolder } = await import("./run/folders.ts");
      return sandboxBench(join(stateFolder(env), "sandbox"), config?.sandboxes ?? {});
    },
    importSandbox: importSrt,
    receipt(value, vkey) {
      const receipt = readReceipt(value);
      return receipt === undefined
        ? undefined
        : { ok: verifyReceipt(receipt, { open: (note) => openNote(note, noteVerifier(vkey)) }), statement: receipt.statement };
    },
    async runs(config, path) {
      const { runsIn } = await import("./run/folders.ts");
      return runsIn(await runData(config, path));
    },
    dataFolder: (config) => (config.storage.url.startsWith("sqlite:") ? folderOf(config) : undefined),
  };
}

const CREDENTIALS = detectors.filter(({ finds }) => finds === "credential");

/** For asking what would be decided: nothing is done, so nothing is recorded. */
const NOWHERE = { open: () => ({ decided: async () => {}, close: () => {} }) };
