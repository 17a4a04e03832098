/** An agent that is killed at one of its steps: the one whose number is in `KILL_AT`. Its effect is a line in a file. */
import { appendFileSync } from "node:fs";
import { fileStore } from "../../src/client/file.ts";
import { connect, type Request, type Store } from "../../src/client/index.ts";

const { CALL = "", KILL_AT = "", EFFECTS = "", NOTES = "" } = process.env;
let steps = 0;
let looks = 0;

function step(): void {
  if (++steps === Number(KILL_AT)) process.kill(process.pid, "SIGKILL");
}

async function between<T>(doing: () => Promise<T>): Promise<T> {
  step();
  const done = await doing();
  step();
  return done;
}

const files = fileStore(NOTES);
const store: Store = {
  list: () => files.list(),
  put: (name, text) => between(() => files.put(name, text)),
  remove: (name) => between(() => files.remove(name)),
};
const holdfast = connect({
  store,
  pace: { from: 10, to: 20 },
  // How often it looks is chance; the first look stands for all.
  fetch: (url, init) => (String(url).includes("/tickets/") && looks++ > 0 ? fetch(url, init) : between(() => fetch(url, init))),
});
await holdfast.guard(JSON.parse(CALL) as Request, ({ args }) => {
  step();
  appendFileSync(EFFECTS, `${JSON.stringify(args)}\n`);
  step();
  return "done";
});
