import type { Config } from "../../config/index.ts";
import { type AskModel, withinLimits } from "../../core/ask-model.ts";
import type { FindingKind } from "../../core/detector.ts";
import type { Clock } from "../../core/layers.ts";
import { resolve } from "../../core/scanner.ts";
import { scanner } from "../../detectors/index.ts";
import { maskOf } from "../../output/index.ts";
import { type PermissionOptions, requestReader } from "../../permission/index.ts";
import { noModel } from "./ask-model.ts";
import { detecting } from "./detecting.ts";

/** The model that reads requests, as configured. What it is shown is masked: that somebody is paid can be read without the account. */
export function readingRequests(
  { flow: { delegation }, detectors: configured }: Config,
  { clock, askModel = noModel }: { readonly clock: Clock; readonly askModel?: (model: string) => AskModel },
): Pick<PermissionOptions, "reader"> {
  if (delegation === undefined) return {};
  const { matches } = scanner(detecting(configured).detectors);
  const masked = (text: string): string => {
    let [shown, at] = ["", 0];
    for (const { kind, detector, start, end } of resolve(matches(text, "user"))) {
      if (!MASKED.has(kind)) continue;
      shown += `${text.slice(at, start)}${maskOf({ kind, detector })}`;
      at = end;
    }
    return shown + text.slice(at);
  };
  const put = withinLimits(askModel(delegation.model), delegation, clock);
  return { reader: requestReader(async ({ system, text }) => put({ system, text: masked(text) }), delegation.failing) };
}

const MASKED: ReadonlySet<FindingKind> = new Set(["credential", "personal", "name", "financial", "internal"]);
