import { randomBytes } from "node:crypto";
import type { Config } from "../../config/index.ts";
import type { AskModel } from "../../core/ask-model.ts";
import type { Clock } from "../../core/layers.ts";
import { conduct } from "../../detectors/index.ts";
import { grounding, modelJudge, type OutputOptions, scopeOf, structured } from "../../output/index.ts";
import { compilePattern } from "../../permission/index.ts";
import { noModel } from "./ask-model.ts";

/** What a configuration asks about answers: the rules first, then the model that judges, which is asked only where they found nothing to withhold. */
export function answering(
  { output }: Config,
  { clock, askModel = noModel }: { readonly clock: Clock; readonly askModel?: (model: string) => AskModel },
): Pick<OutputOptions, "conduct" | "whole"> {
  const { commitment, legal, medical, financial, inappropriate } = output.conduct;
  const scope = scopeOf(output.scope);
  const judge =
    output.judge === undefined ? undefined : modelJudge({ ...output.judge, faults: output.judge.looks_for, ask: askModel(output.judge.model), clock, nonce });
  return {
    conduct: {
      detectors: conduct,
      actions: { commitment, "legal-advice": legal, "medical-advice": medical, "financial-advice": financial, inappropriate },
    },
    whole: (request) =>
      [structured(request, output.schema, compilePattern), grounding(output.grounding, request), scope?.(request), judge?.(request)].filter(
        (one) => one !== undefined,
      ),
  };
}

const nonce = (): string => randomBytes(12).toString("hex");
