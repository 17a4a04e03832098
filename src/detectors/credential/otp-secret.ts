import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const otpSecret: Detector = {
  id: "otp-secret",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "The secret that one-time passwords are made of (`otpauth://`): whoever has it makes the second factor.",
    de: "Das Geheimnis, aus dem Einmalpasswörter entstehen (`otpauth://`): Wer es hat, hat den zweiten Faktor.",
  },
  examples: {
    hit: [`otpauth://totp/Muster:anna?secret=${"JBSWY3DP"}EHPK3PXPQ2MX4TZA&issuer=Muster`],
    miss: ["otpauth://totp/Muster:anna?issuer=Muster", "otpauth://totp/Label?secret=SECRET"],
  },
  ...pattern("(?<![a-z0-9])otpauth://[ht]otp/[^\\s\"'<>]{0,300}[?&]secret=[a-z2-7]{16,128}"),
};
