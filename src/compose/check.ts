import type { Problem } from "../config/fault.ts";
import type { Config } from "../config/index.ts";
import { checkPolicy } from "../permission/index.ts";
import { checkDetectors } from "./detecting.ts";

/** Everything that can be wrong with a configuration beyond its form: for loading and reloading. */
export function checkConfig(config: Config): readonly Problem[] {
  return [...checkPolicy(config), ...checkDetectors(config.detectors)];
}
