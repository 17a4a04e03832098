import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../core/json.ts";
import { deriveFacts, differences, openPins, type Pins, type ToolDefinition } from "../../permission/index.ts";
import { openSqliteStore } from "../../stores/sqlite.ts";
import type { Store } from "../../stores/store.ts";
import type { PinBoard, PinnedTool } from "../../surfaces/cli/wiring.ts";
import { documentsIn } from "../records/documents.ts";
import { pinStore } from "./mcp.ts";

type Guess = NonNullable<PinnedTool["guessed"]>["after"];
function guess(tool: string, definition: JsonObject): Guess {
  const { effect, egress } = deriveFacts({ ...(definition as unknown as ToolDefinition), name: tool.slice(tool.indexOf(".") + 1) });
  return { effect, egress };
}

/** Where what a server says of its tool now sounds like more than it did; what was confirmed before was confirmed of less. */
const stricter = (before: Guess, after: Guess): PinnedTool["guessed"] =>
  (before.effect === "read" && after.effect === "write") || (!before.egress && after.egress) ? { before, after } : undefined;

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
          const guessed = changed.length === 0 ? undefined : stricter(guess(tool, first.definition), guess(tool, now.definition));
          const beside = { ...(held === undefined ? {} : { held }), ...(guessed === undefined ? {} : { guessed }) };
          return [{ tool, where, digest, since, definition: now.definition, differences: changed, ...beside }];
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
