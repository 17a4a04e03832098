/**
 * Runs beside a machine, confined like its monitor and as the same nobody: `host keep FOLDER PATIENCE` waits until the machine is ready and has it
 * written down; `host run FOLDER PATIENCE` gives it one request and carries its streams. `try` and `boot` do the same with Firecracker, which they
 * first tell what its machine is; nothing of that is written down. It must need nothing but Node and what lies beside it.
 * INVARIANT: what comes from the machine is an enemy's. It can choose what is written, the code and the files it was given to change, and nothing else.
 */
import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Changes, receive, send } from "./files.ts";
import { booted, type Request } from "./firecracker.ts";
import { type Asked, asked, frame, frames, PIECE, shown } from "./frames.ts";

const SOCKETS = "/work";
/** A shell's code for a command that something else kept from running. */
const BROKEN = 125;

const [does = "", folder = "", patience = ""] = process.argv.slice(2);
/** Milliseconds for a machine to be there. */
const PATIENCE_MS = Number(patience);
const ACTS = { keep, try: tries, run: () => run(() => reach("agent")), boot: () => run((given) => given.then(boot)) };
await ACTS[does as keyof typeof ACTS]().catch((error: unknown) => broken(error instanceof Error ? error.message : "unknown"));

async function keep(): Promise<void> {
  await ready(await reach("agent"));
  const control = await reach("control");
  const tell = (execute: string, args: object = {}): void => void control.write(`${JSON.stringify({ execute, arguments: args })}\n`);
  let said = "";
  control.setEncoding("utf8").on("data", (text: string) => (said += text));
  control.once("close", () => broken("the machine ended while it was kept"));
  tell("qmp_capabilities");
  tell("migrate-set-parameters", { "max-bandwidth": Number.MAX_SAFE_INTEGER });
  const [server, written] = [createServer(), Promise.withResolvers<void>()];
  server.once("connection", (machine) => pipeline(machine, createWriteStream(join(folder, "snapshot"), { flags: "wx" })).then(written.resolve, written.reject));
  await new Promise<void>((done) => server.listen(join(SOCKETS, "kept"), done));
  tell("migrate", { uri: `unix:${SOCKETS}/kept` });
  for (;;) {
    if (/"status": "completed"/.test(said)) break;
    if (/"error"|"status": "failed"/.test(said)) throw new Error(`the machine cannot be kept: ${said.slice(-300)}`);
    tell("query-migrate");
    await pause(20);
  }
  await written.promise;
  process.stdout.write("kept\n", () => process.exit(0));
}

/** Gives the line to its agent, once that has said that it is ready. */
async function ready(agent: Socket): Promise<Socket> {
  const said = Promise.withResolvers<void>();
  const take = (letter: string, bytes: Buffer): void =>
    letter === "G" ? said.resolve() : said.reject(new Error(`the machine does not start: ${shown(bytes)}`));
  const listening = frames(take, broken);
  const ended = (): void => said.reject(new Error("the machine ended while it started"));
  agent.on("data", listening).once("close", ended);
  const late = setTimeout(() => said.reject(new Error("the machine does not start in time")), PATIENCE_MS);
  await said.promise.finally(() => clearTimeout(late));
  return agent.off("data", listening).off("close", ended);
}

async function boot(): Promise<Socket> {
  return ready(await booted(JSON.parse(await readFile(join(folder, "boot"), "utf8")) as readonly Request[], SOCKETS, PATIENCE_MS));
}

async function tries(): Promise<void> {
  await boot();
  process.stdout.write("kept\n", () => process.exit(0));
}

/** A machine that starts now may look at its disks at once, so what it is given is there before. */
async function run(reached: (given: Promise<unknown>) => Promise<Socket>): Promise<void> {
  const request = JSON.parse(await readFile(join(folder, "request"), "utf8")) as Asked;
  const given = send(request, join(folder, "given"));
  const [agent, sent] = await Promise.all([reached(given), given]);
  const changes: Changes = receive(request, sent, join(folder, "changed"));
  agent.write(frame("R", asked(request)));
  carryInput(agent);
  const take = (letter: string, bytes: Buffer): void => {
    if (letter === "O" || letter === "X") {
      const to = letter === "O" ? process.stdout : process.stderr;
      if (!to.write(bytes)) {
        agent.pause();
        to.once("drain", () => agent.resume());
      }
    } else if (letter === "Z") void over(bytes.toString("latin1"), changes).catch((error: unknown) => broken(String(error)));
    else if (letter === "B") broken(shown(bytes));
    else changes.take(letter, bytes);
  };
  agent.on("data", frames(take, broken));
  agent.once("close", () => broken("the machine ended"));
}

async function over(said: string, changes: Changes): Promise<void> {
  const [, code, memory] = /^(\d{1,3}) ([01])$/.exec(said) ?? [];
  if (code === undefined || Number(code) > 255) return broken("the machine says nothing that can be understood");
  for (const text of await changes.apply()) process.stderr.write(`${text}\n`);
  if (memory === "1") await writeFile(join(folder, "out-of-memory"), "");
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  process.exit(Number(code));
}

function carryInput(agent: Socket): void {
  process.stdin.on("data", (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += PIECE) agent.write(frame("I", bytes.subarray(at, at + PIECE)));
    if (!agent.writableNeedDrain) return;
    process.stdin.pause();
    agent.once("drain", () => process.stdin.resume());
  });
  process.stdin.on("error", () => {});
  process.stdin.once("end", () => agent.write(frame("E", Buffer.alloc(0))));
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(BROKEN)); // nobody reads it any more
}

/** QEMU starts at the same time as this, so its socket may not be there yet. */
async function reach(name: string): Promise<Socket> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(2)) {
    const socket = connect(join(SOCKETS, name));
    const reached = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (reached) return socket.on("error", () => {});
  }
  throw new Error("the machine does not start");
}

function broken(why: string): void {
  process.stderr.write(`the machine of this sandbox: ${why}\n`, () => process.exit(BROKEN));
}
