import { storeKit } from "../../test/conformance/store.ts";
import { newCabinet, openMemoryStore } from "./memory-store.ts";

storeKit("memory", async () => {
  const cabinet = newCabinet();
  return { open: async () => openMemoryStore(cabinet) };
});
