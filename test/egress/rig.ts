/** The egress proxy in this process, whole: layers, log, keys and kill switch, a real name server, real hosts on loopback. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "../../src/audit/log.ts";
import { maskingWith } from "../../src/audit/mask.ts";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import { type AuditRecord, parseRecord } from "../../src/audit/record.ts";
import { pausing } from "../../src/compose/agents/kill-switch.ts";
import { composeLayers } from "../../src/compose/layers.ts";
import { systemClock as clock, systemRandom as random } from "../../src/compose/platform.ts";
import { composeEgress, type Egress } from "../../src/compose/sandboxes/egress.ts";
import { formatFaults, readConfig } from "../../src/config/index.ts";
import type { Request } from "../../src/core/request.ts";
import { openSwitch, type Switch } from "../../src/oversight/switch.ts";
import { createBreakers, createRates, createTraffic } from "../../src/permission/index.ts";
import { openMemoryLog } from "../../src/stores/memory-log.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTelemetry } from "../../src/telemetry/metrics.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";
import { createKeys, type Keys } from "../../src/vault/keys.ts";
import { type NameServer, nameServer } from "./name-server.ts";

export interface EgressRig {
  readonly port: number;
  readonly names: NameServer;
  readonly keys: Keys;
  readonly held: Switch;
  readonly egress: Egress;
  /** A key of the agent `a`. */
  readonly key: string;
  /** Requests as they came to be decided. */
  readonly opened: Request[];
  records(): Promise<readonly AuditRecord[]>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** `own`: ports that are Holdfast's besides the proxy's. */
export async function egressRig(yaml: string, own: readonly number[] = []): Promise<EgressRig> {
  const names = await nameServer();
  const text = `${yaml}\negress: { resolvers: ["${names.at}"], idle: 1s, longest: 20s, bytes: 4mb, connections: 8 }\n`;
  const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: () => Promise.reject(new Error("no file")) });
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  const { config } = loaded;
  const store = await openMemoryLog();
  const audit = await openLog({ store, clock, signer: noteSigner(signerKey("holdfast/test", random(32))), masking: maskingWith(random(32)) });
  const keys = createKeys({ documents: memoryDocuments(), clock, random });
  const held = await openSwitch({ load: async () => [], save: async () => {}, remove: async () => {} }, clock.now);
  const opened: Request[] = [];
  const ports = [...own];
  const traffic = createTraffic();
  const composed = composeLayers(
    config,
    {
      open(request) {
        opened.push(request);
        return audit.open(request);
      },
    },
    {
      clock,
      rates: createRates(),
      breakers: createBreakers(),
      traffic,
      own: { paths: [], ports: () => ports },
      isPaused: (agent) => held.of(agent) !== undefined,
    },
  );
  const metrics = createTelemetry({ auditSize: () => audit.size, auditHealthy: () => audit.healthy, paused: () => [], budgets: () => [] });
  const egress = composeEgress({ current: () => composed, traffic, clock, log: createLog({ level: "silent" }), metrics, held });
  const { port } = await egress.listen(
    { host: "127.0.0.1", port: 0 },
    pausing(keys, held, (agent) => [agent]),
  );
  ports.push(port);
  return {
    port,
    names,
    keys,
    held,
    egress,
    key: (await keys.mint({ agent: "a" })).text,
    opened,
    async records() {
      await audit.flush();
      return (await audit.source.read(0, audit.size)).map(parseRecord);
    },
    metrics: async () => (await metrics.exposition()).text,
    async close() {
      await egress.shut();
      await audit.shut();
      await names.close();
    },
  };
}

/** What came back of bytes that were written to a port: everything until the other end closes, or until `until` is in it. */
export function say(port: number, text: string | Buffer, until?: RegExp, patience = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let got = "";
    const done = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(got);
    };
    const late = setTimeout(() => reject(new Error(`nothing more came after: ${got}`)), patience);
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
      if (until?.test(got) === true) done();
    });
    socket.on("error", done);
    socket.on("close", done);
    socket.write(text);
  });
}

/** One request through the proxy, head and all. */
export const ask = (rig: { readonly port: number }, target: string, key: string, { method = "GET", host = "", more = "", body = "" } = {}): Promise<string> => {
  const said = host === "" ? (/^[a-z]+:\/\/([^/?#]*)/i.exec(target)?.[1] ?? target) : host;
  const proof = key === "" ? "" : `Proxy-Authorization: Bearer ${key}\r\n`;
  return say(rig.port, `${method} ${target} HTTP/1.1\r\nHost: ${said}\r\n${proof}${more}Connection: close\r\n\r\n${body}`);
};

/** The head of a request for a tunnel. */
export const head = (target: string, key: string): string => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Bearer ${key}\r\n\r\n`;

/** Also where it was cut off, which is an error to whoever has it. */
export const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once("close", () => resolve()));

/** How a request ended, with what was written down before it. */
export async function outcomeIn(rig: EgressRig, id: string) {
  // The outcome is written with the next batch.
  for (let tries = 0; tries < 100; tries++) {
    const records = await rig.records();
    const found = records.find((record) => record.kind === "outcome" && record.id === id);
    if (found?.kind === "outcome") return { intent: records.find((record) => record.kind === "intent" && record.id === id), outcome: found };
    await pause(20);
  }
  throw new Error("there is no outcome");
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** A host on loopback. */
export async function host(listener: RequestListener): Promise<{ readonly port: number; readonly requests: IncomingMessage[]; close(): Promise<void> }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A host that speaks no HTTP. */
export async function rawHost(taken: (socket: Socket) => void): Promise<{ readonly port: number; readonly sockets: Set<Socket>; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    taken(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
