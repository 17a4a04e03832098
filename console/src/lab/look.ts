import weights from "../../../models/injection/weights.bin?inline";
import type { Detector, Finding, FindingKind, SourceKind } from "../../../src/core/index.ts";
import { NEUTRAL_LABEL } from "../../../src/core/index.ts";
import { injectionClassifier } from "../../../src/detectors/classifier/classifier.ts";
import { detectors, scanner } from "../../../src/detectors/index.ts";
import { decodings } from "../../../src/input/decoding/decode.ts";
import { type Finder, finder } from "../../../src/input/find.ts";
import { normalise } from "../../../src/input/normalise.ts";
import { maskOf, TEXT_ACTIONS } from "../../../src/output/actions.ts";
import type { Loaded } from "./further.ts";
import { bytesOf } from "./weights.ts";

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

const classifier = injectionClassifier(() => bytesOf(weights));
const explained = new Map(detectors.map(({ id, explain }) => [id, explain]));

const finders = new Map<string, Finder>();
function finderWith(more: readonly Detector[]): Finder {
  const key = more.map(({ id }) => id).join(" ");
  const known = finders.get(key) ?? finder([...detectors, ...more], scanner, [classifier]);
  finders.set(key, known);
  for (const { id, explain } of more) explained.set(id, explain);
  return known;
}

/** The last argument is what is looked for beside what every gateway looks for: names, and what answers should not say only in the model's words, as there. */
export function look(text: string, source: SourceKind, { names = [], conduct = [] }: Loaded): Look {
  const find = finderWith([...names, ...(source === "model" ? conduct : [])]);
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
export function outcomeOf(kind: FindingKind): "mask" | "report" | "unasked" {
  if (kind === "name") return "unasked";
  return TEXT_ACTIONS[kind] === "report" ? "report" : "mask";
}

export const explanationOf = (detector: string, language: "en" | "de"): string | undefined => explained.get(detector)?.[language];
