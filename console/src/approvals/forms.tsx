import { type ReactNode, useId, useState } from "react";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Answer, Question } from "../api/approval.ts";
import { DeedWindow } from "../parts/deed.tsx";
import { useText } from "../text/text.ts";
import { Arguments, Changes } from "./arguments.tsx";
import { changes } from "./changes.ts";
import { type Field, fieldOf, valueIn } from "./field.ts";
import { Written } from "./values.tsx";

interface FormProps {
  readonly question: Question;
  readonly title: string;
  readonly isBusy: boolean;
  /** It is not what it was any more: nothing is sent. */
  readonly isOver: boolean;
  readonly onAnswer: (answer: Answer) => void;
  readonly onClose: () => void;
  /** What came of it. */
  readonly after: ReactNode;
}

export function ApproveForm({ question, isOver, onAnswer, ...window }: FormProps) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  return (
    <DeedWindow {...window} word={t("approvals.approve")} isReady={!isOver && confirms(typed, question)} onSend={() => onAnswer({ action: "approve" })}>
      <p>{t("approvals.approve.text", { agent: question.agent, about: question.tool || question.target || question.action })}</p>
      <Arguments question={question} />
      <Confirmation question={question} typed={typed} onType={setTyped} focused />
    </DeedWindow>
  );
}

/** Each argument in a field of its own. What would change stands below before it is sent; nothing is sent while a field cannot be read. */
export function EditForm({ question, isOver, onAnswer, ...window }: FormProps) {
  const { t } = useText();
  const args = question.args ?? {};
  const [fields, setFields] = useState<readonly (readonly [name: string, field: Field])[]>(() =>
    Object.entries(args).map(([name, value]) => [name, fieldOf(value)] as const),
  );
  const [typed, setTyped] = useState("");
  const edited = read(fields);
  const differs = edited !== undefined && changes(args, edited).some(({ kind }) => kind !== "same");
  const change = (at: number, text: string): void => setFields(fields.map(([name, field], i) => [name, i === at ? { ...field, text } : field] as const));
  return (
    <DeedWindow
      {...window}
      word={t("approvals.edit")}
      wide
      isReady={!isOver && differs && confirms(typed, question)}
      onSend={() => edited !== undefined && onAnswer({ action: "edit", args: edited })}
    >
      <p>{t("approvals.edit.text")}</p>
      {fields.map(([name, field], at) => (
        <ArgumentField key={name} name={name} field={field} onChange={(text) => change(at, text)} />
      ))}
      <h3>{t("approvals.edit.changes")}</h3>
      {differs ? <Changes before={args} args={edited} /> : <p className="muted">{t("approvals.edit.none")}</p>}
      <Confirmation question={question} typed={typed} onType={setTyped} />
    </DeedWindow>
  );
}

export function RejectForm(props: FormProps) {
  return <WordsForm {...props} action="reject" />;
}

/** A question back. It answers nothing. */
export function AskForm(props: FormProps) {
  return <WordsForm {...props} action="ask" />;
}

function WordsForm({ action, question, isOver, onAnswer, ...window }: FormProps & { readonly action: "reject" | "ask" }) {
  const { t } = useText();
  const [words, setWords] = useState("");
  const id = useId();
  return (
    <DeedWindow {...window} word={t(`approvals.${action}`)} isReady={!isOver && words.trim() !== ""} onSend={() => onAnswer({ action, reason: words.trim() })}>
      <p>{t(`approvals.${action}.text`, { agent: question.agent })}</p>
      <div className="field">
        <label htmlFor={id}>{t(`approvals.${action}.reason`)}</label>
        {/* biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for */}
        <textarea id={id} rows={3} maxLength={2000} value={words} onChange={(event) => setWords(event.target.value)} autoFocus />
      </div>
    </DeedWindow>
  );
}

interface ConfirmationProps {
  readonly question: Question;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly focused?: boolean;
}

function Confirmation({ question, typed, onType, focused = false }: ConfirmationProps) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("approvals.type", { id: question.id })}</label>
      {/* biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for */}
      <input id={id} value={typed} autoComplete="off" spellCheck={false} maxLength={40} onChange={(event) => onType(event.target.value)} autoFocus={focused} />
    </div>
  );
}

function ArgumentField({ name, field, onChange }: { readonly name: string; readonly field: Field; readonly onChange: (text: string) => void }) {
  const { t } = useText();
  const id = useId();
  const bad = valueIn(field) === undefined;
  const rows = Math.min(12, field.text.split("\n").length + (field.text.length > 60 ? 1 : 0));
  return (
    <div className="field">
      <label htmlFor={id}>
        <code>
          <Written text={name} />
        </code>{" "}
        <span className="muted small">{t(`approvals.edit.kind.${field.kind}`)}</span>
      </label>
      <textarea
        id={id}
        rows={rows}
        value={field.text}
        className={field.kind}
        spellCheck={false}
        aria-invalid={bad}
        aria-describedby={`${id}-bad`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-bad`} className="word deny" role="status">
        {bad ? t("approvals.edit.bad") : ""}
      </span>
    </div>
  );
}

/** The arguments that the fields say, or undefined while one of them cannot be read. */
function read(fields: readonly (readonly [name: string, field: Field])[]): JsonObject | undefined {
  const values: (readonly [string, Json])[] = [];
  for (const [name, field] of fields) {
    const found = valueIn(field);
    if (found === undefined) return undefined;
    values.push([name, found.value]);
  }
  return Object.fromEntries(values);
}

/** The whole number of the question, or its digits alone. */
function confirms(typed: string, { id }: Question): boolean {
  const given = typed.trim().toUpperCase();
  return given !== "" && (given === id.toUpperCase() || given === id.replace(/^\D+/, ""));
}
