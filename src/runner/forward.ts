/**
 * Runs inside a sandbox, as its first program: `forward SOCKET COMMAND…`. The sandbox has no network; the egress proxy is a socket in a file there.
 * Clients want an address, so this gives them one on the sandbox's own loopback, carries bytes between the two, and starts the command with
 * its variables set. It holds no key and decides nothing: what it could be talked into, the command could do by itself. It must need nothing but Node.
 */
import { spawn } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import { constants } from "node:os";

const [path = "", file = "", ...args] = process.argv.slice(2);
/** A shell's codes for a command that may not be run, and one that is not there. */
const [NOT_RUNNABLE, NOT_THERE, SIGNALLED] = [126, 127, 128];

const server = createServer({ allowHalfOpen: true }, (client) => {
  const proxy = connect({ path, allowHalfOpen: true });
  for (const [one, other] of [
    [client, proxy],
    [proxy, client],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => one.readableEnded || other.destroy());
    one.pipe(other);
  }
});
/** Where the program will look for it: its own loopback, unless whoever lays another cable to here says so. */
const at = process.env["HOLDFAST_FORWARD_AT"] ?? "127.0.0.1";

server.listen(0, at, () => {
  const proxy = `http://${at}:${(server.address() as AddressInfo).port}`;
  const local = "localhost,127.0.0.1,::1";
  const child = spawn(file, args, {
    stdio: "inherit",
    shell: false,
    // Some read the one spelling, some the other; Node reads them only when it is told to.
    env: {
      ...process.env,
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      http_proxy: proxy,
      https_proxy: proxy,
      NO_PROXY: local,
      no_proxy: local,
      NODE_USE_ENV_PROXY: "1",
    },
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.once("error", (error: NodeJS.ErrnoException) => {
    process.stderr.write(`\`${file}\` cannot be started: ${error.code}\n`);
    process.exit(error.code === "ENOENT" ? NOT_THERE : NOT_RUNNABLE);
  });
  child.once("exit", (code, signal) => process.exit(code ?? SIGNALLED + constants.signals[signal ?? "SIGKILL"]));
});
