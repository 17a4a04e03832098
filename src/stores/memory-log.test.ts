import { logStoreKit } from "../../test/conformance/log-store.ts";
import { crash, newShelf, openMemoryLog } from "./memory-log.ts";

logStoreKit("memory", async () => {
  const shelf = newShelf();
  return { open: () => openMemoryLog(shelf), crash: async () => crash(shelf) };
});
