import { mkdir } from "node:fs/promises";
import { openLog } from "../../audit/log.ts";
import { maskingWith } from "../../audit/mask.ts";
import { noteSigner, signerKey } from "../../audit/note.ts";
import { type AgentConfig, agentDefaults, outOfTheBox, readHosts } from "../../config/index.ts";
import type { AuditLayer } from "../../core/layers.ts";
import { createRates, createTraffic } from "../../permission/index.ts";
import type { OpenWay } from "../../sandbox/index.ts";
import { openMemoryLog } from "../../stores/memory-log.ts";
import { createLog } from "../../telemetry/log.ts";
import { composeLayers } from "../layers.ts";
import { systemClock as clock, systemRandom as random } from "../platform.ts";
import { openFreeLog, UNMEASURED } from "../records/own-log.ts";
import { composeEgress, type Egress } from "./egress.ts";
import type { WayOut } from "./way-out.ts";

/** The agent as which a command that was started by hand connects. */
const AGENT = "sandbox";

/** The way out of one command that was started by hand, with a log of its own in `folder`: it may reach these hosts, and is asked about nothing else. */
export async function sandboxEgress(given: readonly unknown[], folder: string): Promise<{ wayOut(): Promise<WayOut>; shut(): Promise<void> }> {
  const hosts = readHosts(given);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { audit } = await openFreeLog(folder);
  const egress = leadingTo(hosts, audit, []);
  return {
    wayOut: () => egress.wayOut(AGENT),
    async shut() {
      await egress.shut();
      await audit.shut();
    },
  };
}

/** A way out for attempts to get out of it. Nobody needs a record of those. */
export const wayForProof: OpenWay = async (open, own) => {
  const hosts = readHosts([{ host: "127.0.0.1", ports: [open, own], addresses: ["127.0.0.1"], tls: false }]);
  const audit = await openLog({
    store: await openMemoryLog(),
    clock,
    signer: noteSigner(signerKey("holdfast/proof", random(32))),
    masking: maskingWith(random(32)),
  });
  const egress = leadingTo(hosts, audit, [own]);
  const way = await egress.wayOut(AGENT);
  return {
    through: way.through,
    async close() {
      await way.close();
      await egress.shut();
      await audit.shut();
    },
  };
};

function leadingTo(hosts: AgentConfig["egress"], audit: AuditLayer, own: readonly number[]): Egress {
  const base = outOfTheBox();
  const config = { ...base, agents: { [AGENT]: agentDefaults(AGENT, hosts) }, roles: { [AGENT]: { read: [], write: [], deny: [] } } };
  const traffic = createTraffic();
  const composed = composeLayers(config, audit, { clock, rates: createRates(), traffic, own: { paths: [], ports: () => own } });
  return composeEgress({ current: () => composed, traffic, clock, log: createLog({ level: "error" }), metrics: UNMEASURED });
}
