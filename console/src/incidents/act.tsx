import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { getAgents } from "../api/agents.ts";
import { type Act, actOn, type Incident, openIncident, REGIMES, type Regime } from "../api/incidents.ts";
import { DeedDialog, Line } from "../parts/deed.tsx";
import { useText } from "../text/text.ts";

/** A person has seen something that nothing here has. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents });
  const [title, setTitle] = useState("");
  const [agent, setAgent] = useState("");
  const agentId = useId();
  return (
    <Form
      title={t("incidents.open")}
      why={t("incidents.open.why")}
      send={t("incidents.open")}
      isReady={title.trim() !== ""}
      act={(reason) => openIncident({ title: title.trim(), reason, ...(agent === "" ? {} : { agent }) })}
      done={({ id }) => void navigate({ to: "/incidents/$id", params: { id } })}
      onClose={onClose}
    >
      <Line label={t("incidents.open.title")} value={title} onChange={setTitle} most={120} first />
      <div className="field">
        <label htmlFor={agentId}>{t("incidents.open.agent")}</label>
        <select id={agentId} value={agent} onChange={(event) => setAgent(event.target.value)}>
          <option value="">{t("incidents.open.none")}</option>
          {(agents.data?.agents ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </Form>
  );
}

/** One thing that is done about an incident, with a line that says why. */
export function ActDialog({
  incident,
  act,
  onClose,
}: {
  readonly incident: Incident;
  readonly act: Exclude<Act, { do: "clock" }>;
  readonly onClose: () => void;
}) {
  const { t } = useText();
  const what = act.do === "state" ? act.state : act.do;
  return (
    <Form
      title={t(`incident.${what}.title`)}
      why={t(`incident.${what}.why`)}
      send={t(`incident.${what}.do`)}
      isReady
      alone
      act={(reason) => actOn(incident.id, act, reason)}
      onClose={onClose}
    >
      {act.do === "report" ? <p>{t("incident.report.text", { regime: t(`regime.${act.regime}`), report: t(`report.${act.report as "authority"}`) })}</p> : null}
    </Form>
  );
}

/** Starts the time within which a law wants reports: a person says which, and since when somebody knows. */
export function ClockDialog({ incident, onClose }: { readonly incident: Incident; readonly onClose: () => void }) {
  const { t } = useText();
  const free = REGIMES.filter((one) => !incident.clocks.some(({ regime }) => regime === one));
  const [regime, setRegime] = useState<Regime | "">("");
  const [aware, setAware] = useState(() => local(new Date(incident.first)));
  const [regimeId, awareId] = [useId(), useId()];
  const time = new Date(aware);
  return (
    <Form
      title={t("incident.clock.title")}
      why={t("incident.clock.why")}
      send={t("incident.clock.do")}
      isReady={regime !== "" && !Number.isNaN(time.getTime())}
      act={(reason) => actOn(incident.id, { do: "clock", regime: regime as Regime, aware: time.toISOString() }, reason)}
      onClose={onClose}
    >
      <p>{t("incident.clock.text")}</p>
      <div className="field">
        <label htmlFor={regimeId}>{t("incident.clock.regime")}</label>
        <select id={regimeId} value={regime} onChange={(event) => setRegime(free.find((one) => one === event.target.value) ?? "")}>
          <option value="" />
          {free.map((one) => (
            <option key={one} value={one}>
              {t(`regime.${one}`)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={awareId}>{t("incident.clock.aware")}</label>
        <input id={awareId} type="datetime-local" value={aware} onChange={(event) => setAware(event.target.value)} />
      </div>
    </Form>
  );
}

/** As the browser's field writes a time: that of the place where it is read, to the minute. */
function local(time: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

interface FormProps {
  readonly title: string;
  /** What the line asks for that goes with it. */
  readonly why: string;
  /** The word on the button. */
  readonly send: string;
  readonly isReady: boolean;
  /** The line is all that is asked for. */
  readonly alone?: boolean;
  readonly act: (reason: string) => Promise<Incident>;
  readonly done?: (incident: Incident) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Form({ title, why, send, isReady, alone = false, act, done, onClose, children }: FormProps) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  return (
    <DeedDialog
      title={title}
      word={send}
      isReady={isReady && reason.trim() !== ""}
      act={() => act(reason.trim())}
      done={(incident) => {
        client.setQueryData(["incident", incident.id], incident);
        done?.(incident);
      }}
      stale={["incidents", "incident"]}
      onClose={onClose}
    >
      {children}
      <Line label={why} value={reason} onChange={setReason} first={alone} />
    </DeedDialog>
  );
}
