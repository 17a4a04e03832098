import type { Detector } from "../core/detector.ts";
import { commitment } from "./content/commitment.ts";
import { financialAdvice } from "./content/financial-advice.ts";
import { inappropriate } from "./content/inappropriate.ts";
import { legalAdvice } from "./content/legal-advice.ts";
import { medicalAdvice } from "./content/medical-advice.ts";

/** What an answer should not say: looked for in a model's words only, because in what people write and read it is no fault. */
export const conduct: readonly Detector[] = [commitment, legalAdvice, medicalAdvice, financialAdvice, inappropriate];
