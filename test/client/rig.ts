/** A real server for tests of the client: one agent, one tool for each way a decision can go, and an operator who answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectOptions, connect, type Holdfast, type Request } from "../../src/client/index.ts";
import { type Served, type ServeSettings, serve } from "../serve.ts";

export const POLICY = `
models: { practice: { provider: practice } }
tools:
  shop:
    default: { trust: internal }
    tools:
      orders: { effect: read, egress: false }
      mails: { effect: read, egress: false, trust: untrusted }
      note: { effect: write, egress: false }
      pay: { effect: write, egress: true }
      gift: { effect: write, egress: true }
      refund: { effect: write, egress: true }
roles: { clerk: { read: [shop.orders, shop.mails], write: [shop.note, shop.pay, shop.gift] } }
agents: { clerk: { role: clerk, models: [practice/*], limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
rules:
  - { id: pay, when: 'action.tool == "shop.pay"', then: ask, mode: enforce }
  - { id: gift, when: 'action.tool == "shop.gift"', then: ask, expires: 1s, mode: enforce }
`;

/** Looks often, so that no test waits long. */
export const PACE = { from: 20, to: 80 };

export interface Shop extends Served {
  readonly holdfast: Holdfast;
  client(options?: ConnectOptions): Holdfast;
  /** An operator's call of the API. */
  operate(method: "GET" | "POST", path: string, body?: object): Promise<unknown>;
  /** Answers the question of this ticket. */
  answer(ticket: string, body: object): Promise<unknown>;
  /** How often the log says that this was permitted. */
  permits(tool: string): Promise<number>;
}

export async function shop(settings?: ServeSettings & { readonly key?: string; readonly policy?: string }): Promise<Shop> {
  const served = await serve(settings?.policy ?? POLICY, settings);
  const key = settings?.key ?? served.key;
  const client = (options: ConnectOptions = {}): Holdfast => connect({ url: served.url, key, pace: PACE, ...options });
  const operate: Shop["operate"] = async (method, path, body) => {
    const token = readFileSync(join(served.folder, "data/operator.token"), "utf8").trim();
    const response = await fetch(served.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    ...served,
    key,
    holdfast: client(),
    client,
    operate,
    answer: (ticket, body) => operate("POST", `/api/v1/approvals/${ticket}`, body),
    async permits(tool) {
      const { decisions } = (await operate("GET", `/api/v1/audit?tool=${tool}&effect=permit&limit=500`)) as { readonly decisions: readonly unknown[] };
      return decisions.length;
    },
  };
}

export const call = (tool: string, args: object = {}): Request => ({ action: { type: "tool.call", tool, args } });
