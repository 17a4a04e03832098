import { useState } from "react";
import { Button } from "react-aria-components";
import { useText } from "../text/text.ts";
import { Icon } from "./icon.tsx";

export function CopyButton({ text }: { readonly text: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <Button className="button quiet small" onPress={() => void copy().catch(() => setCopied(false))}>
      <Icon name={copied ? "permit" : "copy"} size={14} />
      <span aria-live="polite">{t(copied ? "app.copied" : "app.copy")}</span>
    </Button>
  );
}
