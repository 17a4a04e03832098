/**
 * Names of questions under `holdfast run`. Each run counts its own, so what a person types says whose: `files:HF-3`; `files/2:HF-3` where a
 * second client has started the same server.
 */
export const runTicket = {
  /** `folder`: of the run's own log, which is `log`, or `log-2`. */
  name(server: string, folder: string): string {
    const number = /^log-(\d+)$/.exec(folder)?.[1];
    return number === undefined ? server : `${server}/${number}`;
  },
  of: (run: string, id: string): string => `${run}:${id}`,
  /** The run, and what it calls the question; without a run it is the gateway's. */
  read(text: string): { readonly run?: string; readonly id: string } {
    const [, run, id = text] = /^([^:]+):(HF-\d+)$/.exec(text) ?? [];
    return run === undefined ? { id } : { run, id };
  },
};
