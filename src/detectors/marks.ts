import type { Detector } from "../core/detector.ts";
import { linkedAddress, loadedAddress } from "./addresses.ts";
import { canary } from "./canary.ts";

/** What the output layer looks for beside findings, and judges by the request. Where two begin together, the first one names it. */
export const marks: readonly Detector[] = [canary, loadedAddress, linkedAddress];
