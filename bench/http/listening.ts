import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on a free port of this machine and tells the process that started this one which. */
export function listening(server: Server): void {
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on("disconnect", () => process.exit(0));
}
