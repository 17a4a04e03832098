import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useText } from "../text/text.ts";
import { Icon } from "./icon.tsx";

interface ModalDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly isOpen?: boolean;
  readonly wide?: boolean;
  /** Also a click beside it closes it: only where nothing is lost by that. */
  readonly dismissable?: boolean;
  readonly children: ReactNode;
}

/** A window over the page, with its heading and what closes it. */
export function ModalDialog({ title, onClose, isOpen = true, wide = false, dismissable = false, children }: ModalDialogProps) {
  const { t } = useText();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(still) => still || onClose()} isDismissable={dismissable}>
      <Modal className={`modal${wide ? " wide" : ""}`}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button slot="close" className="button quiet icon-only" aria-label={t("app.close")}>
              <Icon name="close" />
            </Button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
