import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { Button } from "react-aria-components";
import { useText } from "../text/text.ts";
import { ModalDialog } from "./dialog.tsx";
import { NotDone } from "./refused.tsx";

interface DeedProps<Done> {
  readonly title: string;
  /** The word on the button. */
  readonly word: string;
  /** It ends or takes away something. */
  readonly stop?: boolean;
  readonly isReady?: boolean;
  readonly act: () => Promise<Done>;
  /** What is asked for anew afterwards, also where it was refused. */
  readonly stale: readonly string[];
  /** Told before the window closes. */
  readonly done?: (done: Done) => void;
  readonly onClose: () => void;
  /** What is said while it goes on. */
  readonly meanwhile?: ReactNode;
  readonly children: ReactNode;
}

/** A window in which one thing is done: what it asks for, the button that does it once, and why it was not done. */
export function DeedDialog<Done>({ title, word, stop = false, isReady = true, act, stale, done, onClose, meanwhile, children }: DeedProps<Done>) {
  const { t } = useText();
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: act,
    onSuccess(answer) {
      done?.(answer);
      onClose();
    },
    onSettled: () => {
      for (const key of stale) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <ModalDialog title={title} onClose={onClose}>
      <div className="answer-form">
        {children}
        <div className="buttons">
          <Button className={`button ${stop ? "stop" : "primary"}`} isDisabled={!isReady} isPending={send.isPending} onPress={() => send.mutate()}>
            {word}
          </Button>
          <Button className="button" onPress={onClose}>
            {t("approvals.cancel")}
          </Button>
        </div>
      </div>
      {send.isPending ? meanwhile : null}
      <NotDone error={send.error} />
    </ModalDialog>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly most?: number;
  /** The dialog puts the focus on what it asks for first. */
  readonly first?: boolean;
  /** A name that is to be typed as it is. */
  readonly exact?: boolean;
}

/** One line that a person writes in such a window. */
export function Line({ label, value, onChange, most = 500, first = false, exact = false }: LineProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        maxLength={most}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for
        autoFocus={first}
        {...(exact ? { autoCapitalize: "off", spellCheck: false } : {})}
      />
    </div>
  );
}
