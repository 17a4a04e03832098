/** The hint `did you mean …` for the one of `known` that is an edit or two away from what was written. */
export function nearest(written: string, known: readonly string[]): { readonly hint?: string } {
  const most = written.length < 5 ? 1 : 2;
  const near = known.map((name) => ({ name, away: edits(written, name, most) })).filter(({ away }) => away <= most);
  near.sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1));
  return near[0] === undefined ? {} : { hint: `did you mean \`${near[0].name}\`?` };
}

/** Insertions, deletions and changes from one name to the other, counted no further than `most + 1`. */
function edits(a: string, b: string, most: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > most || most === 0) return most + 1;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const [x, y] = [a.slice(same), b.slice(same)];
  return 1 + Math.min(edits(x.slice(1), y.slice(1), most - 1), edits(x.slice(1), y, most - 1), edits(x, y.slice(1), most - 1));
}
