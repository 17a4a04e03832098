import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { Button } from "react-aria-components";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { Reasons } from "../activity/reasons.tsx";
import { type Policies, type Trial, tryCall } from "../api/policies.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { Faults } from "./faults.tsx";

/** A call that nobody makes: who, what, with which words before it; and what would be decided, with every reason. */
export function TryCard({ policies, draft }: { readonly policies: Policies; readonly draft: string }) {
  const { t } = useText();
  const [agent, setAgent] = useState(policies.agents[0] ?? "");
  const [tool, setTool] = useState(policies.tools[0]?.tool ?? "");
  const [args, setArgs] = useState("{}");
  const [request, setRequest] = useState("");
  const [read, setRead] = useState("");
  const [drafted, setDrafted] = useState(false);
  const trial = useMutation({ mutationFn: tryCall });
  const given = objectIn(args);
  const call: Trial | undefined =
    agent === "" || tool.trim() === "" || given === undefined
      ? undefined
      : { agent, tool: tool.trim(), args: given, request, read, ...(drafted ? { draft } : {}) };
  // A verdict about another call, or under another draft, is not shown.
  const said = call !== undefined && JSON.stringify(trial.variables) === JSON.stringify(call) ? trial.data : undefined;
  return (
    <section className="card answer-form" aria-labelledby="try-title">
      <h2 id="try-title">{t("policies.try")}</h2>
      <p className="muted">{t("policies.try.about")}</p>
      <Field text={t("policies.try.agent")}>
        {(id) => (
          <select id={id} value={agent} onChange={(event) => setAgent(event.target.value)}>
            {policies.agents.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <Field text={t("policies.try.tool")}>
        {(id) => (
          <>
            <input id={id} list={`${id}-tools`} value={tool} spellCheck={false} maxLength={200} onChange={(event) => setTool(event.target.value)} />
            <datalist id={`${id}-tools`}>
              {policies.tools.map((one) => (
                <option key={one.tool} value={one.tool} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field text={t("policies.try.args")}>
        {(id) => (
          <>
            <textarea
              id={id}
              className="json"
              rows={3}
              spellCheck={false}
              value={args}
              aria-invalid={given === undefined}
              aria-describedby={`${id}-bad`}
              onChange={(event) => setArgs(event.target.value)}
            />
            <span id={`${id}-bad`} className="word deny" role="status">
              {given === undefined ? t("policies.try.args.bad") : ""}
            </span>
          </>
        )}
      </Field>
      <Field text={t("policies.try.request")}>
        {(id) => <textarea id={id} rows={2} maxLength={20_000} value={request} onChange={(event) => setRequest(event.target.value)} />}
      </Field>
      <Field text={t("policies.try.read")}>
        {(id) => <textarea id={id} rows={2} maxLength={20_000} value={read} onChange={(event) => setRead(event.target.value)} />}
      </Field>
      <label className="check">
        <input type="checkbox" checked={drafted} onChange={(event) => setDrafted(event.target.checked)} />
        {t("policies.try.draft")}
      </label>
      <div className="buttons">
        <Button className="button primary" isDisabled={call === undefined} isPending={trial.isPending} onPress={() => call !== undefined && trial.mutate(call)}>
          {t("policies.try.do")}
        </Button>
      </div>
      <div role="status">
        {said === undefined ? null : said.faults.length > 0 ? (
          <>
            <p>{t("policies.try.faults")}</p>
            <Faults faults={said.faults} />
          </>
        ) : (
          <>
            <p>
              <EffectBadge effect={said.effect} large />
            </p>
            <Reasons reasons={said.reasons} />
          </>
        )}
      </div>
      <NotDone error={trial.error} />
    </section>
  );
}

function Field({ text, children }: { readonly text: string; readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{text}</label>
      {children(id)}
    </div>
  );
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
