/** A block of code or data that may scroll, and can therefore be reached with the keyboard. */
export function Block({ text, label, code = false }: { readonly text: string; readonly label: string; readonly code?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={`block${code ? " code" : ""}`} tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
