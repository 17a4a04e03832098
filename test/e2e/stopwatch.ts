/** Measures in the page itself: from the event that a person causes to the frame that shows what was wanted of it. */
import { cpus } from "node:os";
import type { Browser, CDPSession, Page } from "playwright-core";

/**
 * What a step is to show. `first`: these decisions at the top of the list, in this order, or that there is none. `down` and `up`: rows below those
 * that were seen before, or the top; and the window full of rows that follow each other.
 */
export type Wanted = { readonly first: readonly string[] } | { readonly to: "down" | "up" };

/** Milliseconds from the last event of `act` until the list shows what is wanted. */
export async function stepOf(page: Page, wanted: Wanted, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(watchFor, wanted);
  await act();
  return page.evaluate(() => (window as unknown as { step: Promise<number> }).step);
}

/** Runs in the page. */
function watchFor(wanted: Wanted): void {
  const pane = document.querySelector<HTMLElement>(".list-pane")!;
  const inSight = (): readonly { readonly index: number; readonly box: DOMRect }[] => {
    const { top, bottom } = pane.getBoundingClientRect();
    return [...pane.querySelectorAll<HTMLElement>("tr[data-index]")]
      .map((row) => ({ index: Number(row.dataset["index"]), box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > top + 1 && box.top < bottom - 1);
  };
  const before = inSight().at(-1)?.index ?? -1;
  const first = (ids: readonly string[]): boolean => {
    const links = [...pane.querySelectorAll("a[data-decision]")];
    return ids.length === 0 ? pane.querySelector(".empty") !== null : ids.every((id, i) => links[i]?.id === `decision-${id}`);
  };
  const scrolled = (to: "down" | "up"): boolean => {
    const { top, bottom } = pane.getBoundingClientRect();
    const rows = inSight();
    const [head, last] = [rows[0], rows.at(-1)];
    if (head === undefined || last === undefined) return false;
    const foot = pane.querySelector(".list-foot")!.getBoundingClientRect();
    const full = head.box.top <= top + 36 && (last.box.bottom >= bottom - 1 || foot.top < bottom);
    const moved = to === "up" ? pane.scrollTop === 0 : last.index > before;
    return full && moved && rows.every(({ index }, i) => index === head.index + i);
  };
  const EVENTS = ["keydown", "input", "change", "wheel"];
  let start = 0;
  const note = (event: Event): void => {
    start = event.timeStamp;
  };
  for (const name of EVENTS) addEventListener(name, note, true);
  const begun = performance.now();
  const step = new Promise<number>((resolve, reject) => {
    const look = (): void => {
      const now = performance.now();
      const there = start > 0 && ("first" in wanted ? first(wanted.first) : scrolled(wanted.to));
      if (!there && now - begun < 15_000) return void requestAnimationFrame(look);
      for (const name of EVENTS) removeEventListener(name, note, true);
      if (there) resolve(now - start);
      else reject(new Error(`not shown: ${JSON.stringify(wanted)}; shown: ${pane.innerText.slice(0, 300)}`));
    };
    requestAnimationFrame(look);
  });
  Object.assign(window, { step });
}

export interface Frames {
  /** Milliseconds between one frame and the next, the shortest first. They hold what else the machine did. */
  readonly gaps: readonly number[];
  /** Times that something else stood under the cursor, or what stood there lay elsewhere, or the focus was somewhere else. */
  readonly moved: number;
  /** Milliseconds of processor time that the page's longest task took on its thread: what else the machine did is not in it. */
  readonly longest: number;
  /** The share of a processor that all its tasks took. */
  readonly busy: number;
  /** The share of the machine's processors that nobody wanted meanwhile. */
  readonly idle: number;
}

/** Looks at every frame for so long, with the cursor at a place. */
export async function framesOf(browser: Browser, page: Page, ms: number, at?: { readonly x: number; readonly y: number }): Promise<Frames> {
  await browser.startTracing(page, { categories: ["toplevel"] });
  const before = processors();
  const seen = await page.evaluate(watchFrames, { ms, at });
  const now = processors();
  const tasks = tasksIn(await browser.stopTracing());
  return {
    ...seen,
    longest: Math.max(0, ...tasks),
    busy: tasks.reduce((sum, task) => sum + task, 0) / ms,
    idle: (now.idle - before.idle) / (now.all - before.all),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Microseconds of processor time. */
  readonly tdur?: number;
}

/** Milliseconds of processor time of each task that a page's own thread ran. */
function tasksIn(trace: Buffer): readonly number[] {
  const { traceEvents: events } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const pages = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid}/${tid}`));
  return events.flatMap(({ name, ph, pid, tid, tdur = 0 }) => (name.endsWith("::RunTask") && ph === "X" && pages.has(`${pid}/${tid}`) ? [tdur / 1000] : []));
}

function processors(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
}

function watchFrames({ ms, at }: { readonly ms: number; readonly at?: { readonly x: number; readonly y: number } | undefined }) {
  const look = (): string => {
    const row = at === undefined ? undefined : document.elementFromPoint(at.x, at.y)?.closest("tr");
    return `${row?.querySelector("a")?.id} ${row?.getBoundingClientRect().top} ${document.activeElement?.id}`;
  };
  const first = look();
  const gaps: number[] = [];
  let [last, moved] = [performance.now(), 0];
  const end = last + ms;
  return new Promise<{ readonly gaps: readonly number[]; readonly moved: number }>((resolve) => {
    const frame = (): void => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (look() !== first) moved++;
      if (now < end) requestAnimationFrame(frame);
      else resolve({ gaps: gaps.sort((a, b) => a - b), moved });
    };
    requestAnimationFrame(frame);
  });
}

/** Bytes of the page's objects that are still in use. */
export async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  return (await cdp.send("Runtime.getHeapUsage")).usedSize;
}

export const middle = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? Number.NaN;
export const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
