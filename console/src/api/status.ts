import { fields, items, number, text } from "./read.ts";

export interface Status {
  readonly version: string;
  readonly enforce: number;
  readonly monitor: number;
  readonly logSize: number;
  readonly logHealthy: boolean;
  readonly since: string;
  readonly requests: number;
  readonly asked: number;
  readonly denied: number;
  readonly masked: number;
  /** Questions that wait for a person. */
  readonly waiting: number;
  readonly incidents: number;
  /** Agents that are stopped. */
  readonly paused: number;
  readonly baseUrl: string;
  readonly models: readonly string[];
}

export function readStatus(from: unknown): Status {
  const it = fields(from);
  const [mode, audit, counts] = [fields(it["mode"]), fields(it["audit"]), fields(it["counts"])];
  return {
    version: text(it["version"]),
    enforce: number(mode["enforce"]),
    monitor: number(mode["monitor"]),
    logSize: number(audit["size"]),
    logHealthy: audit["healthy"] === true,
    since: text(it["since"]),
    requests: number(counts["requests"]),
    asked: number(counts["asked"]),
    denied: number(counts["denied"]),
    masked: number(counts["masked"]),
    waiting: number(counts["waiting"]),
    incidents: number(counts["incidents"]),
    paused: number(counts["paused"]),
    baseUrl: text(it["base_url"]),
    models: items(it["models"]).map(text),
  };
}
