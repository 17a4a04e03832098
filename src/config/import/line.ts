/**
 * What became of one line of foreign settings. `kept`: it holds here as there. `tighter`: less is allowed here. `idle`: it says nothing that is kept
 * apart. `less`: Holdfast keeps apart less than it says. `refused`: it cannot be kept at all.
 */
export type Fate = "kept" | "tighter" | "idle" | "less" | "refused";

export interface Line {
  /** `network.allowedDomains[0]` */
  readonly at: string;
  readonly fate: Fate;
  readonly why: string;
}

export const line = (at: string, fate: Fate, why: string): Line => ({ at, fate, why });
