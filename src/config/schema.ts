import { z } from "zod";
import { model, server, storage, toolServer } from "./schema/connect.ts";
import { detectors } from "./schema/detectors.ts";
import { egress } from "./schema/egress.ts";
import { audit, deadlines, input, output } from "./schema/guards.ts";
import { oversight, people } from "./schema/people.ts";
import { agent, flow, role, rule, test } from "./schema/policy.ts";
import { sandboxes } from "./schema/sandboxes.ts";
import { name } from "./schema/values.ts";

/** Everything that `holdfast.yaml` may hold. A key that is not here is an error: a misspelt guard must not be a guard that is off. */
export const schema = z
  .strictObject({
    $schema: z.string().exactOptional().describe("Where editors find this schema."),
    server: server.prefault({}),
    storage: storage.prefault({}),
    models: z.record(name, model).prefault({}),
    tools: z.record(name, toolServer).prefault({}),
    roles: z.record(name, role).prefault({}),
    agents: z.record(name, agent).prefault({}),
    rules: z.array(rule).prefault([]),
    tests: z.array(test).prefault([]),
    flow: flow.prefault({}),
    people,
    oversight: oversight.prefault({}),
    egress: egress.prefault({}),
    sandboxes: sandboxes.prefault({}),
    detectors: detectors.prefault({}),
    input: input.prefault({}),
    output: output.prefault({}),
    audit: audit.prefault({}),
    deadlines: deadlines.prefault({}),
    timezone: z
      .string()
      .refine(isZone, "expected a time zone such as `Europe/Berlin` or `UTC`")
      .prefault("UTC")
      .describe("The zone in which rules see the time."),
  })
  .describe("Configuration of Holdfast.");

export type Config = z.output<typeof schema>;
export type AgentConfig = Config["agents"][string];
export type ModelConfig = Config["models"][string];
export type ToolServerConfig = Config["tools"][string];
export type EgressConfig = Config["egress"];
export type HostConfig = AgentConfig["egress"][number];
export type RuleConfig = Config["rules"][number];
export type PolicyTest = Config["tests"][number];

/** An agent of which nothing else is said. */
export const agentDefaults = (role: string, hosts: AgentConfig["egress"]): AgentConfig => ({ ...agent.parse({ role }), egress: hosts });

function isZone(zone: string): boolean {
  // What nearly everyone has needs no table of all zones, which takes 10 ms to load.
  if (zone === "UTC") return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
