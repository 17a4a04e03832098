/** How Firecracker is told what its machine is: one request after the other over the socket of its API, as its published description has them. */
import { request } from "node:http";
import { createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { shown } from "./frames.ts";

export interface Boots {
  /** Megabytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly first: string;
  readonly base: string;
  readonly given: string;
}

export type Request = readonly [path: string, body: { readonly [name: string]: unknown }];

/** Where the agent inside calls us, on the number that means what is outside its machine. */
const PORT = 52;
const CID = 3;
/** A machine that panics ends; nothing is looked for that is not there. */
const ARGS = "rdinit=/init quiet panic=-1 reboot=k pci=off 8250.nr_uarts=0 init_on_free=1 holdfast.vsock";
const LONGEST_ANSWER = 1 << 16;

/** INVARIANT: two disks that can only be read and one line; no device leads to a network. The order is the API's: what starts comes last, and nothing after it. */
export function requestsOf({ memory, kernel, first, base, given }: Boots, sockets: string): readonly Request[] {
  const disk = (drive_id: string, path_on_host: string): Request => [
    `/drives/${drive_id}`,
    { drive_id, path_on_host, is_root_device: false, is_read_only: true },
  ];
  return [
    ["/machine-config", { vcpu_count: 1, mem_size_mib: memory }],
    ["/boot-source", { kernel_image_path: kernel, initrd_path: first, boot_args: ARGS }],
    disk("base", base),
    disk("given", given),
    ["/vsock", { guest_cid: CID, uds_path: `${sockets}/line` }],
    ["/actions", { action_type: "InstanceStart" }],
  ];
}

export const argvOf = (program: string, sockets: string): readonly string[] => [program, "--api-sock", `${sockets}/api`, "--id", "sandbox"];

/** Starts the machine, and gives the line on which the agent in it calls. INVARIANT: one line; who calls later is not heard. */
export async function booted(requests: readonly Request[], sockets: string, patience: number): Promise<Socket> {
  const signal = AbortSignal.timeout(patience);
  const called = Promise.withResolvers<Socket>();
  called.promise.catch(() => {});
  const server = createServer((socket) => {
    server.close();
    called.resolve(socket.on("error", () => {}));
  });
  server.maxConnections = 1;
  await new Promise<void>((done) => server.listen(`${sockets}/line_${PORT}`, done));
  signal.addEventListener("abort", () => called.reject(new Error(LATE)), { once: true });
  try {
    for (const one of requests) await told(`${sockets}/api`, one, signal);
    return await called.promise;
  } finally {
    server.close();
  }
}

const LATE = "the machine does not answer in time";

async function told(socketPath: string, [path, asked]: Request, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const { status, body } = await put(socketPath, path, JSON.stringify(asked), signal);
      if (status !== 204) throw new Error(`Firecracker refuses \`${path}\` (${status}): ${shown(body)}`);
      return;
    } catch (error) {
      if (signal.aborted) throw new Error(LATE);
      // It starts at the same time as this, so its socket may not be there yet.
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "ENOENT" && code !== "ECONNREFUSED") throw error;
      await pause(2);
    }
  }
}

function put(socketPath: string, path: string, body: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request({ socketPath, path, method: "PUT", headers, signal, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      let length = 0;
      answer.on("data", (piece: Buffer) => {
        pieces.push(piece);
        if ((length += piece.length) > LONGEST_ANSWER) answer.destroy(new Error(`Firecracker says more to \`${path}\` than it may`));
      });
      answer.once("error", reject).once("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces) }));
    });
    asked.once("error", reject).end(body);
  });
}
