import weights from "../../../models/names/weights.bin?inline";
import { personName } from "../../../src/detectors/tagger/person-name.ts";
import { bytesOf } from "./weights.ts";

export const names = personName(() => bytesOf(weights));
