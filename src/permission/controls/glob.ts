/** True for a path with wildcards. */
export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/** Longer ones are no pattern that anybody writes. */
const MOST_STEPS = 64;

/**
 * Whether a path is among those that a pattern names, as shells and tools read one: `*` within a step, `**` over steps. What stands in brackets
 * or braces is taken for anything, so more may match than does.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const [wanted, steps] = [pattern.split("/"), path.split("/")];
  if (wanted.length > MOST_STEPS) return false;
  /** Steps of the path that the pattern may have reached. */
  let reached = new Set([0]);
  for (const one of wanted) {
    const next = new Set<number>();
    for (const at of reached)
      if (one === "**") for (let to = at; to <= steps.length; to++) next.add(to);
      else if (at < steps.length && matchesStep(one, steps[at] as string)) next.add(at + 1);
    reached = next;
  }
  return reached.has(steps.length);
}

/** One pass that comes back to its last `*` only. */
function matchesStep(pattern: string, text: string): boolean {
  const wanted = pattern.replace(/\[[^\]]*\]|\{[^}]*\}/g, "*");
  let [at, star, from] = [0, -1, 0];
  for (let on = 0; on < text.length; ) {
    if (wanted[at] === "*") [star, from, at] = [at, on, at + 1];
    else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === text[on])) [at, on] = [at + 1, on + 1];
    else if (star >= 0) [at, from, on] = [star + 1, from + 1, from + 1];
    else return false;
  }
  return /^\**$/.test(wanted.slice(at));
}
