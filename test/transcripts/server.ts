import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Served, serve } from "../serve.ts";

export interface RealServer extends Served {
  readonly operator: string;
}

const POLICY = `
models: { practice: { provider: practice } }
tools:
  crm: { default: { trust: untrusted }, tools: { read_mail: { effect: read, egress: false }, send_mail: { effect: write, egress: true } } }
roles: { support: { read: [crm.*], write: [crm.send_mail] } }
agents: { support: { role: support, models: [practice/*], limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`;

/** A real server with one agent, `support`, ended with the test. */
export async function startServer(t: TestContext): Promise<RealServer> {
  const served = await serve(POLICY);
  t.after(() => served.process.kill("SIGKILL"));
  return { ...served, operator: readFileSync(join(served.folder, "data/operator.token"), "utf8").trim() };
}
