import type { Readable, Writable } from "node:stream";
import { KEPT_APART, type KeptApart } from "../core/kept-apart.ts";

export { KEPT_APART, type KeptApart };

/** What is run, and all that it may reach: nothing else of the machine is there. */
export interface Cell {
  /** The program and its arguments as they are, never a line for a shell. */
  readonly command: readonly string[];
  /** All of its environment. INVARIANT: nothing of ours is inherited. */
  readonly env: { readonly [name: string]: string };
  /** Where it begins, in the sandbox; else an empty folder of its own. */
  readonly cwd?: string;
  /** Absolute paths that it may read, besides the system's programs and libraries. */
  readonly read: readonly string[];
  /** Absolute paths that it may change. */
  readonly write: readonly string[];
  readonly limits: Limits;
  /** What it must be kept apart in. INVARIANT: where its driver keeps less on this machine, nothing of it is started. */
  readonly keeps?: readonly KeptApart[];
  /** How many words at the beginning of the command are ours, and make an address of its way out. Only what opens one sets it. */
  readonly before?: number;
  /** A folder of this machine that is its `/work`, with the bytes it may hold; else that is one in memory. Only for drivers that take one. */
  readonly work?: { readonly folder: string; readonly size: number };
  /** A device of this machine that it may use as `/dev/kvm`, and the group that it takes. Only machines set it. */
  readonly kvm?: { readonly device: string; readonly group?: number };
  /** Whose programs it sees instead of this machine's: only for drivers that have images. */
  readonly image?: string;
}

export interface Limits {
  /** Bytes. */
  readonly memory: number;
  readonly pids: number;
  /** Processors: 0.5 is half of one. */
  readonly cpus: number;
  /** Bytes of the folders that are its own, each. */
  readonly disk: number;
}

/** How long a file in it may become. */
export const longestFile = ({ limits, work }: Cell): number => Math.max(limits.disk, work?.size ?? 0, 1 << 20);

export const LIMITS: Limits = { memory: 512 << 20, pids: 100, cpus: 1, disk: 64 << 20 };

/** A cell that runs. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit code, or undefined where something else ended it. Settles when nothing more comes out of it; never rejects. */
  readonly ended: Promise<number | undefined>;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

interface Closing {
  /** Ends everything that is still in it and frees what it held. Says whether it was out of memory. Called once, last. */
  close(): Promise<{ readonly outOfMemory: boolean }>;
}

/** A cell that is a program: whoever runs this runs the command, confined. Only the runner does. */
export interface AsProgram extends Closing {
  readonly argv: readonly string[];
  /** All of its environment. INVARIANT: a sandbox's own first process shows inside what it was started with. */
  readonly env: { readonly [name: string]: string };
  /** Who it is from its first instruction on, of no other group; else whoever starts it. */
  readonly user?: number;
  /** Files that it finds open to write, from descriptor 3 on: opened by whoever starts it, before it is somebody else. */
  readonly opened?: readonly string[];
  /** What it finds to read at the descriptor after them, in base64. */
  readonly told?: string;
}

/** A cell that something else runs: an engine behind a socket, a thread of ours. */
interface AsStreams extends Closing {
  /** Called once. */
  begin(): Promise<Running>;
}

/** How a cell is started, and how it is over. */
export type Prepared = AsProgram | AsStreams;

/** Runs a prepared cell to its end and gives what it said, as far as it is kept. Only the runner starts programs, so it comes in as an argument. */
export type Start = (prepared: Prepared) => Promise<string>;

/**
 * One sandbox technology. `keeps` is what it promises on this machine, as it is; a cell that has to be kept apart in more than that is not
 * for it. `prepare` starts nothing; it rejects with `configuration` for what is wrong with the cell and `unavailable` where the machine
 * does not do its part, and never falls back to less. Any number may be prepared at once. What a crash of ours leaves behind carries the
 * name of its owner (`owner.ts`); `reap` takes away what nobody owns any more, and nothing else.
 */
export interface Driver {
  readonly id: string;
  /** What it runs: programs of the system or of an image, pods of a cluster, or a skill, which is one file that reaches nothing. Each has attempts of its own. */
  readonly runs: "programs" | "pods" | "skills";
  /** Whether a cell of it can be given a way out: a socket in a file that it may read, and a program before its own. INVARIANT: one without is never given hosts. */
  readonly wayOut: boolean;
  /** Undefined where it works here; else what is missing, and how to get it. */
  missing(): Promise<string | undefined>;
  keeps(): Promise<readonly KeptApart[]>;
  /** Makes what such a cell begins from, where that is not here yet: it may take seconds. `start` runs a prepared cell, never the one that was given, to its end. */
  ready?(cell: Cell, start: Start): Promise<void>;
  prepare(cell: Cell): Promise<Prepared>;
  /** The same where nothing is kept apart, for a driver whose cells are not on this machine: what attempts are compared with. */
  readonly beside?: (cell: Cell) => Promise<Prepared>;
  /** Its cells can be given a work folder. INVARIANT: one without is never given one. */
  readonly work?: true;
  /** Its cells have the files of an account, so none are named. */
  readonly allFiles?: true;
  /** Attempts that find what it gives on purpose. */
  readonly finds?: readonly string[];
  /** What has to be said with every claim of it. */
  readonly caveat?: string;
  reap(): Promise<void>;
}
