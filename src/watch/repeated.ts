/** Tells whether something has happened to the same name for the `times`th time, or more, within `ms`. Bounded: the oldest name is forgotten first. */
export function createRepeated(now: () => number, times: number, ms: number): (name: string) => boolean {
  const seen = new Map<string, readonly number[]>();
  return (name) => {
    const at = now();
    const recent = [...(seen.get(name) ?? []), at].filter((one) => at - one < ms).slice(-times);
    seen.delete(name);
    seen.set(name, recent);
    const [oldest] = seen.keys();
    if (seen.size > MOST_NAMES && oldest !== undefined) seen.delete(oldest);
    return recent.length >= times;
  };
}

const MOST_NAMES = 1_000;
