/**
 * Starts runners, and nothing else: the gateway gives up starting programs when this is there, and a runner that died still has to be followed by
 * another. It hears one thing (that one is wanted), hands over the gateway's end of the new one's sockets, and keeps no copy. It ends with the gateway.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { MARK } from "./marks.ts";

/** What the gateway wants, and what it is told. `ready`: only its own end of the sockets is left, so nothing is read by anybody else. */
export type Wanted = { readonly do: "start" | "end"; readonly id: number; readonly mark: string };
export type Told = { readonly is: "started" | "ready" | "ended"; readonly id: number };

const ENTRY = fileURLToPath(new URL(`./process${extname(import.meta.url)}`, import.meta.url));
/** A runner that leaks ends here, as in a crash, and another follows it; the machine goes on. The longest frame, read and taken apart, is half of it. */
const HEAP_MB = 1024;
const children = new Map<number, ChildProcess>();
const tell = (told: Told, socket?: Socket): void => {
  if (process.connected) process.send?.(told, socket, {}, () => {});
};

process.on("message", ({ do: what, id, mark }: Wanted) => {
  if (what === "end") return void children.get(id)?.kill("SIGKILL");
  // The fourth descriptor is one end of an unnamed pair of sockets: nobody else can reach the other.
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${HEAP_MB}`, ENTRY], {
    env: { ...process.env, [MARK]: mark },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  children.set(id, child);
  const over = (): void => {
    if (children.delete(id)) tell({ is: "ended", id });
  };
  child.once("error", over);
  child.once("exit", over);
  const socket = child.stdio[3] as Socket;
  socket.on("error", () => {});
  tell({ is: "started", id }, socket);
  // Leaves only when the gateway has said that it has the socket, and ours is closed.
  tell({ is: "ready", id });
});
process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // the gateway says when it is over
