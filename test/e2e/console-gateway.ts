import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig } from "../../src/compose/check.ts";
import { startServer } from "../../src/compose/server.ts";
import { readConfig } from "../../src/config/index.ts";
import type { Running } from "../../src/surfaces/cli/wiring.ts";

/** The whole product behind the console that was built: on free ports of loopback, with a folder of its own. */
export interface Gateway extends Running {
  /** As a browser has to say it for its passkeys. */
  readonly origin: string;
  /** Ends it, and its folder goes too. */
  close(): Promise<void>;
}

/** `before` is given the data folder while nobody uses it yet. */
export async function gateway(dist: string, configuration: string, before: (data: string) => Promise<unknown> = async () => {}): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-gateway-"));
  const path = join(folder, "holdfast.yaml");
  const text = `server: { listen: "127.0.0.1:0", admin: "127.0.0.1:0" }\n${configuration}`;
  const readFile = async (): Promise<string> => text;
  const loaded = await readConfig(path, text, { env: {}, readFile, check: checkConfig });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const data = join(folder, "data");
  await before(data);
  const running = await startServer(loaded, { reloaded: () => {} }, { env: {}, readFile, folder: data, store: join(data, "holdfast.db"), path, dist });
  return {
    ...running,
    origin: running.url.replace("127.0.0.1", "localhost"),
    async close() {
      await running.shut();
      rmSync(folder, { recursive: true });
    },
  };
}
