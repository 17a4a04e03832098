import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { differences, openPins, type Pins } from "../../permission/index.ts";
import { openSqliteStore } from "../../stores/sqlite.ts";
import type { Store } from "../../stores/store.ts";
import type { PinBoard, PinnedTool } from "../../surfaces/cli/wiring.ts";
import { documentsIn } from "../records/documents.ts";
import { pinStore } from "./mcp.ts";

/** The pins of the gateway's store and of every `run` in these folders. What is not there yet holds none. */
export async function openPinBoard(folders: readonly string[], gateway: string | undefined): Promise<PinBoard> {
  const files = gateway === undefined ? [] : [{ where: "gateway", path: gateway }];
  for (const folder of folders) {
    const runs = join(folder, "run");
    for (const name of await readdir(runs).catch(() => [])) files.push({ where: `run ${name}`, path: join(runs, name, "holdfast.db") });
  }
  const open: { readonly where: string; readonly store: Store; readonly pins: Pins }[] = [];
  for (const { where, path } of files) {
    // Looking must not make a store.
    if (
      !(await access(path).then(
        () => true,
        () => false,
      ))
    )
      continue;
    const store = await openSqliteStore(path);
    open.push({ where, store, pins: await openPins(pinStore(documentsIn(store)), Date.now) });
  }
  return {
    async all() {
      return open.flatMap(({ where, pins }) =>
        pins.all().flatMap(({ tool, pinned, held }): readonly PinnedTool[] => {
          const [first, now] = [pinned ?? held, held ?? pinned];
          if (first === undefined || now === undefined) return [];
          const changed = held === undefined || pinned === undefined ? [] : differences(pinned.definition, held.definition);
          const { digest, since } = first;
          return [{ tool, where, digest, since, definition: now.definition, ...(held === undefined ? {} : { held }), differences: changed }];
        }),
      );
    },
    async accept(tool, digest) {
      for (const { pins } of open) if (await pins.accept(tool, digest)) return true;
      return false;
    },
    close: async () => void (await Promise.all(open.map(({ store }) => store.close()))),
  };
}
