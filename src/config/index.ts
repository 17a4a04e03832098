export { type Confirmed, withFacts } from "./confirm.ts";
export * from "./fault.ts";
export { type JsonSchema, jsonSchema, SCHEMA_PATH } from "./json-schema.ts";
export { type Loaded, type LoadOptions, loadConfig, readConfig, SETTINGS } from "./load.ts";
export type { Rate } from "./schema/values.ts";
export type { AgentConfig, Config, ModelConfig, PolicyTest, RuleConfig, ToolServerConfig } from "./schema.ts";
export { Secret } from "./secret.ts";
export { outOfTheBox, starterConfig } from "./starter.ts";
export { type WatchOptions, watchConfig } from "./watch.ts";
