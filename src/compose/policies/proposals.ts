/** A draft that one person has saved, and that another has to save as it is. */
export interface Proposal {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  /** Digests of the file as it was, and as it would be. */
  readonly before: string;
  readonly after: string;
}

/** In memory, like the drafts themselves: they may hold names of people, and whoever proposed one can do so again. */
export interface Proposals {
  /** In place of what the same person proposed before. */
  put(proposal: Proposal): void;
  /** What somebody else proposed, byte for byte. */
  seconded(by: string, before: string, after: string): Proposal | undefined;
  /** Those that begin from this version of the file: of another, nobody has seen what would change. */
  from(before: string): readonly Proposal[];
}

const MOST = 20;

export function createProposals(): Proposals {
  let all: readonly Proposal[] = [];
  return {
    put(proposal) {
      all = [proposal, ...all.filter(({ by }) => by !== proposal.by)].slice(0, MOST);
    },
    seconded: (by, before, after) => all.find((one) => one.by !== by && one.before === before && one.after === after),
    from: (before) => all.filter((one) => one.before === before),
  };
}
