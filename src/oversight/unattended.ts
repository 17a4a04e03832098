import type { OversightLayer } from "../core/layers.ts";

/** Oversight where no one can be asked: whatever would need a person is refused, and the reason says so. */
export const unattended: OversightLayer = { resolve: () => ({ kind: "nobody" }) };
