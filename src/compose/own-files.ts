import { join } from "node:path";

/** What lies in a data folder is Holdfast's own, by name: the folder itself may be one that others use, too. */
export function ownFiles(folder: string, store: string): readonly string[] {
  const names = ["audit", "audit.key", "audit.mask", "audit.vkey", "operator.token", "run", "runner.json", "server.json"];
  return [store, `${store}-wal`, `${store}-shm`, ...names.map((name) => join(folder, name))];
}
