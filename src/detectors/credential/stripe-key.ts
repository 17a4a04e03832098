import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const stripeKey: Detector = {
  id: "stripe-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A Stripe secret or restricted key, or the secret of a webhook: moves money, or forges events about it.",
    de: "Ein geheimer oder eingeschränkter Stripe-Schlüssel oder ein Webhook-Geheimnis: bewegt Geld oder fälscht Meldungen darüber.",
  },
  examples: {
    hit: [`${"sk_live_"}4eC39HqLyjWDarjtT1zdp7dc`, `${"rk_live_"}aB3dE6gH9jK2mN5pQ8sTuV1w`],
    miss: ["pk_live_ keys are public", `${"sk_live_"}short`],
  },
  ...pattern(/(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}|whsec_[A-Za-z0-9]{32,64})(?![A-Za-z0-9])/, { accept: isIssued }),
};
