import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "react-aria-components";
import { type Act, ALL, act, type Phase } from "../api/agents.ts";
import { ModalDialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";

export interface Wanted {
  readonly what: Act;
  /** An agent's name, or `*` for all. */
  readonly agent: string;
  /** Only with this tool. */
  readonly tool?: string;
  readonly to?: Phase;
  /** What is missing, where the numbers are not there: then it is done by force, and said so. */
  readonly missing?: boolean;
}

/** One form for everything that is done to an agent: always with a reason, and nothing is sent before its name was typed. */
export function ActDialog({ wanted: { what, agent, tool, to, missing = false }, onClose }: { readonly wanted: Wanted; readonly onClose: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [reasonId, typedId] = [useId(), useId()];
  const send = useMutation({
    mutationFn: () =>
      act(agent, what, {
        reason: reason.trim(),
        ...(tool === undefined ? {} : { tool }),
        ...(to === undefined ? {} : { to }),
        ...(missing ? { force: true } : {}),
      }),
    onSuccess: onClose,
    onSettled: () => {
      for (const queryKey of [["agents"], ["agent"], ["status"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const word = agent === ALL ? t("agents.all.word") : agent;
  const ready = reason.trim() !== "" && typed.trim() === word;
  const scope = agent === ALL ? "all" : "one";
  return (
    <ModalDialog title={t(`agents.${what}.title`, { agent: word, scope })} onClose={onClose}>
      <div className="answer-form">
        <p>{t(`agents.${what}.text`, { phase: to === undefined ? "" : t(`phase.${to}`), scope })}</p>
        {tool === undefined ? null : <p>{t("agents.with", { tool })}</p>}
        {missing ? <Notice>{t("agents.forced")}</Notice> : null}
        <div className="field">
          <label htmlFor={reasonId}>{t("agents.reason")}</label>
          {/* biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for */}
          <input id={reasonId} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" autoFocus />
        </div>
        <div className="field">
          <label htmlFor={typedId}>{t("agents.type", { word })}</label>
          <input id={typedId} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" autoCapitalize="off" spellCheck={false} />
        </div>
        <div className="buttons">
          <Button className={`button ${what === "pause" ? "stop" : "primary"}`} isDisabled={!ready} isPending={send.isPending} onPress={() => send.mutate()}>
            {t(`agents.${what}.do`)}
          </Button>
          <Button className="button" onPress={onClose}>
            {t("approvals.cancel")}
          </Button>
        </div>
      </div>
      <NotDone error={send.error} />
    </ModalDialog>
  );
}

/** The kill switch: always where a hand looks for it. */
export function StopButton() {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className="button stop" onPress={() => setOpen(true)} aria-label={t("agents.stop.label")}>
        <Icon name="pause" />
        <span className="bar-name">{t("agents.stop")}</span>
      </Button>
      {open ? <ActDialog wanted={{ what: "pause", agent: ALL }} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
