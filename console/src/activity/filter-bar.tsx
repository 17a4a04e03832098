import { useEffect, useId, useState } from "react";
import { Button } from "react-aria-components";
import { EFFECTS, type Summary } from "../api/read.ts";
import { Icon } from "../parts/icon.tsx";
import { type TextId, useText } from "../text/text.ts";
import { anyFilter, type Filters, SPAN_NAMES } from "./filters.ts";

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  /** Where the suggestions come from. */
  readonly shown: readonly Summary[];
}

const ACTIONS = [
  "model.call",
  "tool.call",
  "model.list",
  "tool.list",
  "resource.read",
  "client.sample",
  "client.elicit",
  "message.send",
  "net.connect",
  "file.read",
  "file.write",
  "process.run",
  "skill.install",
] as const;

/** Suggestions are made of so many decisions: a list may be a hundred thousand long. */
const MOST_LOOKED_AT = 300;

/** Narrows the list. Every change goes into the address at once; typed ones after a short rest. */
export function FilterBar({ filters, onChange, shown }: FilterBarProps) {
  const { t } = useText();
  const [open, setOpen] = useState(hidden(filters));
  const near = shown.slice(0, MOST_LOOKED_AT);
  const set = (name: keyof Filters, value: string): void => {
    const { [name]: _old, ...rest } = filters;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <search className="filters" aria-label={t("activity.filters")}>
      <div className="filters-row">
        <div className="search">
          <Icon name="search" />
          <Typed id="search" label={t("activity.search.hint")} value={filters.text} onType={(text) => set("text", text)} placeholder={t("activity.search")} />
        </div>
        <Choice name="activity.effect" value={filters.effect} onChoose={(value) => set("effect", value)}>
          {EFFECTS.map((effect) => [effect, t(`effect.${effect}`)])}
        </Choice>
        <Choice name="activity.time" any="activity.time.any" value={spanOf(filters)} onChoose={(value) => onChange(withSpan(filters, value))}>
          {[...SPAN_NAMES.map((span) => [span, t(`activity.time.${span}`)] as const), ["custom", t("activity.time.custom")]]}
        </Choice>
        <Button className="button quiet more-filters" aria-expanded={open} aria-controls="more-filters" onPress={() => setOpen(!open)}>
          <Icon name="filter" />
          <span className="folding">{t("activity.more")}</span>
        </Button>
        {anyFilter(filters) ? (
          <Button className="button quiet" onPress={() => onChange({})}>
            <Icon name="close" size={14} />
            {t("activity.clear")}
          </Button>
        ) : null}
      </div>
      <div className="filters-row" id="more-filters" hidden={!open}>
        <Field name="activity.agent">
          {(id) => <Typed id={id} value={filters.agent} onType={(text) => set("agent", text)} suggestions={near.map(({ agent }) => agent)} />}
        </Field>
        <Choice name="activity.action" visible value={filters.action} onChoose={(value) => set("action", value)}>
          {ACTIONS.map((action) => [action, t(`action.${action}`)])}
        </Choice>
        <Field name="activity.tool">
          {(id) => <Typed id={id} value={filters.tool} onType={(text) => set("tool", text)} suggestions={near.map(({ tool }) => tool)} />}
        </Field>
      </div>
      {spanOf(filters) === "custom" ? (
        <div className="filters-row">
          <Field name="activity.from">
            {(id) => <input id={id} type="datetime-local" value={filters.since ?? ""} onChange={(event) => set("since", event.target.value)} />}
          </Field>
          <Field name="activity.to">
            {(id) => <input id={id} type="datetime-local" value={filters.until ?? ""} onChange={(event) => set("until", event.target.value)} />}
          </Field>
        </div>
      ) : null}
    </search>
  );
}

const hidden = ({ agent, action, tool }: Filters): boolean => agent !== undefined || action !== undefined || tool !== undefined;

function spanOf({ since, until }: Filters): string | undefined {
  if (since === undefined && until === undefined) return undefined;
  return until === undefined && SPAN_NAMES.some((span) => span === since) ? since : "custom";
}

function withSpan({ since: _since, until: _until, ...rest }: Filters, value: string): Filters {
  if (value === "") return rest;
  return { ...rest, since: value === "custom" ? localMoment(new Date(Date.now() - 3_600_000)) : value };
}

/** As an `<input type="datetime-local">` writes it. */
function localMoment(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Field({ name, children }: { readonly name: TextId; readonly children: (id: string) => React.ReactNode }) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t(name)}</label>
      {children(id)}
    </div>
  );
}

interface ChoiceProps {
  readonly name: TextId;
  readonly any?: TextId;
  readonly value: string | undefined;
  readonly visible?: boolean;
  readonly onChoose: (value: string) => void;
  readonly children: readonly (readonly [value: string, text: string])[];
}

function Choice({ name, any = "activity.any", value, visible = false, onChoose, children }: ChoiceProps) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={visible ? "" : "hidden"}>
        {t(name)}
      </label>
      <select id={id} value={value ?? ""} onChange={(event) => onChoose(event.target.value)} data-set={value !== undefined}>
        <option value="">{visible || any !== "activity.any" ? t(any) : `${t(name)}: ${t(any)}`}</option>
        {children.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Milliseconds without a key after which the list follows. */
const REST = 30;

interface TypedProps {
  readonly id: string;
  readonly label?: string;
  readonly placeholder?: string;
  readonly value: string | undefined;
  readonly suggestions?: readonly string[];
  readonly onType: (text: string) => void;
}

/** A text field that reports what was typed once the typing rests, and follows the address when that changes otherwise. */
function Typed({ id, label, placeholder, value = "", suggestions = [], onType }: TypedProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onType(text), REST);
    return () => clearTimeout(timer);
  });
  const options = [...new Set(suggestions)].filter(Boolean).sort().slice(0, 50);
  return (
    <>
      <input
        id={id}
        type={label === undefined ? "text" : "search"}
        value={text}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        {...(label === undefined ? {} : { "aria-label": label })}
        {...(placeholder === undefined ? {} : { placeholder })}
        {...(options.length === 0 ? {} : { list: `${id}-list` })}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      {options.length === 0 ? null : (
        <datalist id={`${id}-list`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}
