import weights from "../../../models/injection/weights.bin?inline";
import type { Finding, FindingKind, SourceKind } from "../../../src/core/index.ts";
import { NEUTRAL_LABEL } from "../../../src/core/index.ts";
import { injectionClassifier } from "../../../src/detectors/classifier/classifier.ts";
import { detectors, scanner } from "../../../src/detectors/index.ts";
import { decodings } from "../../../src/input/decoding/decode.ts";
import { finder } from "../../../src/input/find.ts";
import { normalise } from "../../../src/input/normalise.ts";
import { maskOf, TEXT_ACTIONS } from "../../../src/output/actions.ts";

/** Longer text is refused here: the page would stand still. */
export const MOST = 32_000;

/** What the gateway's own layers say about a text that comes in from somewhere. Everything happens in this page. */
export interface Look {
  readonly findings: readonly Finding[];
  /** The text in plain letters, which is where orders are looked for; absent where it is plain already. */
  readonly normalised?: string;
  /** What else the text says, once it is decoded. */
  readonly readings: readonly string[];
  /** The text as it would leave. */
  readonly masked: string;
}

const classifier = injectionClassifier(() => Uint8Array.from(atob(weights.slice(weights.indexOf(",") + 1)), (sign) => sign.charCodeAt(0)));
const find = finder(detectors, scanner, [classifier]);

export function look(text: string, source: SourceKind): Look {
  const findings = find.now({ at: "", before: "", text, source, label: NEUTRAL_LABEL });
  const normal = normalise(text).text;
  return {
    findings,
    ...(normal === text ? {} : { normalised: normal }),
    readings: decodings(normal).map((layer) => layer.text),
    masked: maskedText(text, findings),
  };
}

function maskedText(text: string, findings: readonly Finding[]): string {
  let out = "";
  let at = 0;
  for (const finding of findings) {
    if (TEXT_ACTIONS[finding.kind] === "report") continue;
    out += text.slice(at, finding.start) + maskOf(finding);
    at = finding.end;
  }
  return out + text.slice(at);
}

/** What happens out of the box to a finding of this kind: on the way to the model, and on the way out. */
export const outcomeOf = (kind: FindingKind): "mask" | "report" => (TEXT_ACTIONS[kind] === "report" ? "report" : "mask");

const explained = new Map(detectors.map(({ id, explain }) => [id, explain]));
export const explanationOf = (detector: string, language: "en" | "de"): string | undefined => explained.get(detector)?.[language];
