import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIMITS as DEFAULTS, type Limits } from "./driver.ts";
import type { Aims } from "./escapes.ts";

export const LIMITS: Limits = { memory: 64 << 20, pids: 40, cpus: 1, disk: 8 << 20 };
/** What makes an address of the way out takes more than an attempt does. */
export const ROOM: Limits = { ...DEFAULTS, disk: LIMITS.disk };
/** For the attempt on the processors: so few that a busy machine has more to give. */
export const FEW_CPUS = 0.1;
/** What an attempt calls must be found, inside and outside: one whose program is missing would pass for one that was stopped. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a command says where nothing is confined: on this machine, or on the one that the driver's cells are on. */
export type Outside = (command: readonly string[], env: { readonly [name: string]: string }) => Promise<string>;

/** The folders that an attempt may be given, or must not reach. INVARIANT: each driver has its own, and so have the controls: what root left there would stop nobody else's attempt for the wrong reason. */
export interface Places {
  readonly OUTSIDE: string;
  readonly GIVEN: string;
}

export interface Field {
  readonly aims: { readonly [name in Exclude<keyof Aims, keyof Places | "FILL">]: string };
  readonly folder: string;
  places(): Promise<Places>;
  clear(): Promise<void>;
}

/** Lays out what attempts aim at. */
export async function plant(said: Outside): Promise<Field> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-proof-"));
  await chmod(folder, 0o755);
  const [secret, socket] = [join(folder, "secret"), join(folder, "socket")];
  await writeFile(secret, "secret", { mode: 0o600 });
  const abstract = `holdfast-${randomBytes(8).toString("hex")}`;
  const servers: Server[] = [];
  const listen = (where: object | string): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((connection) => connection.on("error", () => {}).destroy()).once("error", reject);
      servers.push(server);
      server.listen(where as never, () => resolve(server));
    });
  const loopback = async (): Promise<string> => String(((await listen({ host: "127.0.0.1", port: 0 })).address() as AddressInfo).port);
  await listen(socket);
  await chmod(socket, 0o777);
  await listen(`\0${abstract}`);
  const sizes = { MEMORY: String(LIMITS.memory), DISK: String(LIMITS.disk), PIDS: String(LIMITS.pids), CPUS: String(FEW_CPUS) };
  const numbers = { ...sizes, ROUNDS: await rounds(said), KERNEL: (await said(["cat", "/proc/version"], { PATH })).trim() };
  let next = 0;
  return {
    aims: {
      SECRET: secret,
      PORT: await loopback(),
      OPEN: await loopback(),
      OWN: await loopback(),
      SOCKET: socket,
      ABSTRACT: abstract,
      PID: String(process.pid),
      ...numbers,
    },
    folder,
    async places() {
      const mine = join(folder, String(next++));
      const places: Places = { OUTSIDE: join(mine, "outside"), GIVEN: join(mine, "given") };
      await mkdir(mine);
      await chmod(mine, 0o755);
      for (const open of Object.values(places)) {
        await mkdir(open);
        await chmod(open, 0o777);
      }
      if (process.getuid?.() === 0) await chown(places.GIVEN, 65534, 65534);
      return places;
    },
    async clear() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Measured in time of the processor, so that a busy machine gives the same; for so long that the ticks in which that is counted are many. */
async function rounds(outside: Outside): Promise<string> {
  const script = "my $n = 0; while ((times)[0] < 0.3) { my $most = $n + 100000; while ($n < $most) { $n++ } } print int($n / (times)[0])";
  return outside(["perl", "-e", script], { PATH });
}
