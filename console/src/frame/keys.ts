import { useEffect, useRef } from "react";

const KEPT = "holdfast.keys";

/** WCAG 2.1.4: shortcuts of a single letter can be turned off. */
export const singleKeys = (): boolean => localStorage.getItem(KEPT) !== "off";
export const setSingleKeys = (on: boolean): void => localStorage.setItem(KEPT, on ? "on" : "off");

/** Calls what stands under a pressed key, unless the person is typing, holds a modifier, or has turned single keys off. */
export function useKeys(keys: { readonly [key: string]: () => void }): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("[role=dialog],[role=menu]") !== null) return;
      if (event.key.length === 1 && !singleKeys()) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}
