import { randomBytes } from "node:crypto";
import { didYouMean, type Problem } from "../config/fault.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../core/layers.ts";
import { conduct } from "../detectors/index.ts";
import { type AskModel, grounding, modelJudge, type OutputOptions, scopeOf, structured } from "../output/index.ts";
import { compilePattern } from "../permission/index.ts";

/** What a configuration asks about answers: the rules first, then the model that judges, which is asked only where they found nothing to withhold. */
export function answering(
  { output }: Config,
  { clock, askModel = NOBODY }: { readonly clock: Clock; readonly askModel?: AskModel },
): Pick<OutputOptions, "conduct" | "whole"> {
  const { commitment, legal, medical, financial, inappropriate } = output.conduct;
  const scope = scopeOf(output.scope);
  const judge = output.judge === undefined ? undefined : modelJudge({ ...output.judge, faults: output.judge.looks_for, ask: askModel, clock, nonce });
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

/** What is wrong with what a configuration says of answers. */
export function checkAnswering({ output: { judge }, models }: Config): readonly Problem[] {
  const upstream = judge?.model.slice(0, judge.model.indexOf("/"));
  if (upstream === undefined || Object.hasOwn(models, upstream)) return [];
  const hint = didYouMean(upstream, Object.keys(models));
  return [{ path: ["output", "judge", "model"], message: `there is no upstream \`${upstream}\` in \`models\``, ...(hint === undefined ? {} : { hint }) }];
}

const NOBODY: AskModel = async () => Promise.reject(new Error("no model can be asked here"));
const nonce = (): string => randomBytes(12).toString("hex");
