import type { Escape } from "./escapes.ts";
import type { Outside, Places } from "./field.ts";
import { together } from "./together.ts";

/** How the attempts on one kind of cell are made. */
export interface Kit {
  readonly escapes: readonly Escape[];
  /** The command of the cell; `folder` is one that anybody may read. */
  inside(script: string, folder: string): Promise<readonly string[]>;
  /** The same script where nothing is confined. */
  outside(script: string): readonly string[];
  /** Whether the scripts are for a shell, so that many can be one. */
  readonly shell: boolean;
  /** Whether a cell can be given a folder at all. */
  readonly folders: boolean;
}

/** What came of an attempt where nothing is confined, and for which driver it was made there. */
export interface Control {
  readonly escaped: boolean;
  readonly for: string;
}

/**
 * The same attempts where nothing is confined, each made once and good for every driver that is proven on this machine in this run: what they
 * show (that the script works here, that there is something to get to) has nothing to do with a driver.
 */
export interface Controls {
  of(one: Escape, driver: string): Promise<Control>;
}

/** A busy machine can keep an attempt from succeeding outside. */
const TRIES = 5;

export function controls(kit: Kit, outside: Outside, env: { readonly [name: string]: string }, places: () => Promise<Places>): Controls {
  const known = new Map<string, Promise<Control>>();
  let own: Promise<{ readonly [name: string]: string }> | undefined;
  const said = async (script: string): Promise<string> => {
    own ??= places().then((mine) => ({ ...env, ...mine, FILL: mine.OUTSIDE }));
    return outside(kit.outside(script), await own);
  };
  const looks = kit.escapes.filter(({ control, alone }) => kit.shell && control === true && alone !== true);
  let seen: Promise<ReadonlySet<string>> | undefined;
  const lookedAt = async (): Promise<ReadonlySet<string>> => {
    const { script, sections } = together(looks.map((one) => one.script));
    const found = sections(await said(script));
    return new Set(looks.filter((_, index) => found[index]?.said.includes("ESCAPED") === true).map(({ id }) => id));
  };
  const escaped = async ({ id, script }: Escape): Promise<boolean> => {
    if (looks.some((one) => one.id === id)) {
      seen ??= lookedAt();
      if ((await seen).has(id)) return true;
    }
    for (let tries = 0; tries < TRIES; tries++) if ((await said(script)).includes("ESCAPED")) return true;
    return false;
  };
  return {
    of(one, driver) {
      const made = known.get(one.id) ?? escaped(one).then((is) => ({ escaped: is, for: driver }));
      known.set(one.id, made);
      // One that failed may have failed for want of time: the next driver's is made anew.
      void made.then(
        (control) => control.escaped || known.delete(one.id),
        () => known.delete(one.id),
      );
      return made;
    },
  };
}
