import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { Button } from "react-aria-components";
import { useText } from "../text/text.ts";
import { ModalDialog } from "./dialog.tsx";
import { NotDone } from "./refused.tsx";

interface Window {
  readonly title: string;
  /** The word on the button. */
  readonly word: string;
  /** It ends or takes away something. */
  readonly stop?: boolean;
  readonly wide?: boolean;
  readonly isReady?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

interface WindowProps extends Window {
  readonly isBusy: boolean;
  readonly onSend: () => void;
  /** What came of it, below the button. */
  readonly after?: ReactNode;
}

/** A window in which one thing is done: what it asks for, the button that does it, and what came of it. */
export function DeedWindow({ title, word, stop = false, wide = false, isReady = true, isBusy, onSend, onClose, after, children }: WindowProps) {
  const { t } = useText();
  return (
    <ModalDialog title={title} onClose={onClose} wide={wide}>
      <div className="answer-form">
        {children}
        <div className="buttons">
          <Button className={`button ${stop ? "stop" : "primary"}`} isDisabled={!isReady} isPending={isBusy} onPress={onSend}>
            {word}
          </Button>
          <Button className="button" onPress={onClose}>
            {t("approvals.cancel")}
          </Button>
        </div>
      </div>
      {after}
    </ModalDialog>
  );
}

interface DeedProps<Done> extends Window {
  readonly act: () => Promise<Done>;
  /** What is asked for anew afterwards, also where it was refused. */
  readonly stale: readonly string[];
  /** Told before the window closes. */
  readonly done?: (done: Done) => void;
  /** What is said while it goes on. */
  readonly meanwhile?: ReactNode;
}

/** Such a window that closes once it is done, and says why where it was not. */
export function DeedDialog<Done>({ act, stale, done, onClose, meanwhile, ...rest }: DeedProps<Done>) {
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
    <DeedWindow
      {...rest}
      isBusy={send.isPending}
      onSend={() => send.mutate()}
      onClose={onClose}
      after={
        <>
          {send.isPending ? meanwhile : null}
          <NotDone error={send.error} />
        </>
      }
    />
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
