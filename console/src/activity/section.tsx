import { type ReactNode, useId } from "react";

/** One part of a story, under its heading. */
export function Section({ title, level: Heading = "h3", children }: { readonly title: string; readonly level?: "h2" | "h3"; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <Heading id={id}>{title}</Heading>
      {children}
    </section>
  );
}

/** Names and values; values are text from the log and drawn as such. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
