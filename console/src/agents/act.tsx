import { useState } from "react";
import { Button } from "react-aria-components";
import { type Act, ALL, act, type Phase } from "../api/agents.ts";
import { DeedDialog, Line } from "../parts/deed.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
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
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const word = agent === ALL ? t("agents.all.word") : agent;
  const scope = agent === ALL ? "all" : "one";
  return (
    <DeedDialog
      title={t(`agents.${what}.title`, { agent: word, scope })}
      word={t(`agents.${what}.do`)}
      stop={what === "pause"}
      isReady={reason.trim() !== "" && typed.trim() === word}
      act={() =>
        act(agent, what, {
          reason: reason.trim(),
          ...(tool === undefined ? {} : { tool }),
          ...(to === undefined ? {} : { to }),
          ...(missing ? { force: true } : {}),
        })
      }
      stale={["agents", "agent", "status"]}
      onClose={onClose}
    >
      <p>{t(`agents.${what}.text`, { phase: to === undefined ? "" : t(`phase.${to}`), scope })}</p>
      {tool === undefined ? null : <p>{t("agents.with", { tool })}</p>}
      {missing ? <Notice>{t("agents.forced")}</Notice> : null}
      <Line label={t("agents.reason")} value={reason} onChange={setReason} first />
      <Line label={t("agents.type", { word })} value={typed} onChange={setTyped} exact />
    </DeedDialog>
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
