import { atLeast, type Content } from "../../core/index.ts";

/** True for a host that configuration names, or the words of the operator or the user. A page or a mail makes no host known. */
export type Known = (host: string) => boolean;

// ATTACK: without what rules out a beginning inside of a name, a run of letters is read once for each of them: two seconds for 64,000.
const NAME = /(?<![a-z0-9-])[a-z0-9-]+(?:\.[a-z0-9-]+)+|\[[0-9a-f:]+\]|localhost/g;

export function knownHosts(configured: readonly string[], content: readonly Content[]): Known {
  const exact = new Set(configured.filter((host) => !host.startsWith("*.")));
  const below = configured.flatMap((host) => (host.startsWith("*.") ? [host.slice(1)] : []));
  let said: ReadonlySet<string> | undefined;
  return (host) => {
    if (host === "") return false;
    if (exact.has(host) || below.some((end) => host.endsWith(end))) return true;
    said ??= new Set(
      content.flatMap(({ source, label, text }) =>
        (source.kind === "system" || source.kind === "user") && atLeast(label, "user") ? (text?.toLowerCase().match(NAME) ?? []) : [],
      ),
    );
    return said.has(host) || said.has(host.startsWith("www.") ? host.slice(4) : `www.${host}`);
  };
}
