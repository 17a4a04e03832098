/** True while nobody points at the list, has scrolled it, or stands in it with the keyboard: only then may rows move. */
export function isSettled(pane: HTMLElement | null): boolean {
  return pane !== null && pane.scrollTop <= 0 && !pane.matches(":hover") && !pane.contains(document.activeElement);
}

/** Moves the focus to the next or previous row; from nowhere, to the one that is open or the first in sight. */
export function step(pane: HTMLElement | null, by: number): void {
  const links = [...(pane?.querySelectorAll<HTMLElement>("a.row-link") ?? [])];
  const at = links.findIndex((link) => link.matches(":focus"));
  const open = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const top = pane?.getBoundingClientRect().top ?? 0;
  const from = open >= 0 ? open : links.findIndex((link) => link.getBoundingClientRect().top >= top);
  const next = links[Math.min(links.length - 1, Math.max(0, at >= 0 ? at + by : from))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
