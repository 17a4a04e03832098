import { rm } from "node:fs/promises";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { Config } from "../../config/index.ts";
import { ADDRESS_FILE, type Approvals, approvalRoutes, mounted, newOperatorToken, operatorsOf, proofRoute, TOKEN_FILE } from "../../surfaces/api/index.ts";
import { namesFor } from "../../surfaces/http/bind.ts";
import { Refusal } from "../../surfaces/http/refusal.ts";
import { SERVER_LIMITS, serve } from "../../surfaces/http/serve.ts";
import { requestId } from "../../surfaces/http/trace.ts";
import { createLog } from "../../telemetry/log.ts";
import { systemClock as clock, systemRandom as random } from "../platform.ts";
import { UNMEASURED } from "../records/own-log.ts";
import { urlOf, writePrivate } from "../starting.ts";
import { jsonLimits } from "../surfaces.ts";

export interface DoorParts {
  /** Where the token and the address are written, for this user alone. */
  readonly own: string;
  readonly config: Config;
  readonly approvals: Approvals;
  readonly ports: number[];
}

/** Where a person answers what is asked under `holdfast run`: the API's routes about approvals on a free port of loopback, and no other. */
export async function openDoor({ own, config, approvals, ports }: DoorParts): Promise<{ shut(): Promise<void> }> {
  const token = newOperatorToken(random);
  const operators = operatorsOf(token, () =>
    Object.entries(config.people).map(([name, { token: theirs }]) => ({ name, ...(theirs === undefined ? {} : { token: theirs.reveal() }) })),
  );
  const stopping = new AbortController();
  const app = mounted(
    approvalRoutes(approvals),
    {
      newId: requestId,
      limits: jsonLimits(config),
      keys: NOBODY,
      operator: async (headers) => {
        const operator = operators.by(headers.get("authorization"));
        return operator === undefined ? undefined : { operator, by: "token" };
      },
      // Where a passkey is demanded, nothing is approved here: a passkey takes a console.
      stepUp: { mode: () => config.oversight.step_up, has: async () => false, ask: refused, check: refused },
    },
    stopping.signal,
  );
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const listen = { host: "127.0.0.1", port: 0 };
  const server = serve({
    surface: "run",
    routes: [proofRoute(operators)],
    fallback: (request, response) => void listener(request, response),
    names: namesFor(listen),
    keys: NOBODY,
    clock,
    log: createLog({ level: "error" }),
    metrics: UNMEASURED,
    limits: SERVER_LIMITS,
  });
  const { port } = await server.listen(listen.host, listen.port);
  ports.push(port);
  await writePrivate(join(own, TOKEN_FILE), token);
  await writePrivate(join(own, ADDRESS_FILE), JSON.stringify({ url: urlOf(listen.host, port) }));
  return {
    async shut() {
      stopping.abort();
      await Promise.all([TOKEN_FILE, ADDRESS_FILE].map((name) => rm(join(own, name), { force: true })));
      await server.drain(0);
    },
  };
}

/** No agent's key opens anything here. */
const NOBODY = { verify: () => undefined, watch: () => () => {} };
const refused = async (): Promise<never> => {
  throw new Refusal(403, "forbidden", "there is no console here");
};
