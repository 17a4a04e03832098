import type { Detector } from "../../../src/core/index.ts";

/** What a gateway looks for where its configuration says so, and what it looks for in answers only. Each is a file of its own that comes when somebody turns it on. */
export const FURTHER = ["names", "conduct"] as const;
export type Further = (typeof FURTHER)[number];
export type Loaded = { readonly [further in Further]?: readonly Detector[] };

export const load: { readonly [further in Further]: () => Promise<readonly Detector[]> } = {
  names: async () => [(await import("./names.ts")).names],
  conduct: async () => (await import("../../../src/detectors/conduct.ts")).conduct,
};
