import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import type { Writable } from "node:stream";

/** A program that begins with nothing of ours: its environment is what it is given, and the rest is what stands here. It goes to the runner as JSON. */
export interface Alone {
  /** Who it is from its first instruction on, of no other group. Only root can say so. */
  readonly user?: number;
  /** Files that it finds open to write, from descriptor 3 on: opened by whoever starts it, before it is somebody else. */
  readonly opened?: readonly string[];
  /** What it finds to read at the descriptor after them, in base64. */
  readonly told?: string;
}

interface Beginning {
  readonly env: { readonly [name: string]: string };
  readonly alone: Alone | undefined;
  /** The environment of one that is not alone. */
  readonly shared: NodeJS.ProcessEnv;
  readonly options: SpawnOptions;
  readonly stdio: readonly ("ignore" | "inherit" | "pipe")[];
}

/** The one place where programs are spawned for others. Throws, or the child says, where one cannot be started. */
export function begin(file: string, args: readonly string[], { env, alone, shared, options, stdio }: Beginning): ChildProcess {
  if (alone === undefined) return spawn(file, args, { ...options, env: shared, stdio: [...stdio], shell: false });
  const { user, opened = [], told } = alone;
  const descriptors: number[] = [];
  try {
    for (const path of opened) descriptors.push(openSync(path, constants.O_WRONLY));
    const child = spawn(file, args, {
      ...options,
      // Ours may be closed to whoever it is.
      cwd: "/",
      env,
      stdio: [...stdio, ...descriptors, ...(told === undefined ? [] : ["pipe" as const])],
      shell: false,
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    // One that is gone before it has read says so by its end.
    if (told !== undefined) (child.stdio.at(-1) as Writable).on("error", () => {}).end(Buffer.from(told, "base64"));
    return child;
  } finally {
    for (const one of descriptors) closeSync(one);
  }
}
