import type { Detector } from "../../../core/detector.ts";
import { easternIds } from "./east.ts";
import { northernIds } from "./north.ts";
import { westernIds } from "./west.ts";

export const europeanIds: readonly Detector[] = [...westernIds, ...northernIds, ...easternIds];
