import { clockTime, fullTime, utc } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** A moment in the reader's own time zone; UTC in the tooltip. */
export function Time({ iso, full = false }: { readonly iso: string; readonly full?: boolean }) {
  const { language } = useText();
  return (
    <time dateTime={iso} title={utc(iso)} className="time">
      {full ? fullTime(iso, language) : clockTime(iso, language, Date.now())}
    </time>
  );
}
