import { openWork, type Start, type WorkFolder } from "../../sandbox/index.ts";

/** The work folders of a server's sessions, each made when its session first starts a program. INVARIANT: a folder is never given to another session. */
export interface WorkFolders {
  of(session: string): Promise<WorkFolder>;
  /** After the programs of the session have ended. */
  end(session: string): Promise<void>;
  close(): Promise<void>;
}

/** `said` is told of one that could not be taken away; the next start tries again. */
export function workFolders(size: number, start: Start, said: (text: string) => void): WorkFolders {
  const open = new Map<string, Promise<WorkFolder>>();
  const end = async (session: string): Promise<void> => {
    const one = open.get(session);
    open.delete(session);
    const folder = await one?.catch(() => undefined);
    await folder?.free().catch(() => said("a work folder could not be taken away; the next start tries again"));
  };
  return {
    of(session) {
      const one = open.get(session) ?? openWork(size, start);
      open.set(session, one);
      one.catch(() => open.delete(session));
      return one;
    },
    end,
    close: async () => void (await Promise.all([...open.keys()].map(end))),
  };
}
