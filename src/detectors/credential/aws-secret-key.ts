import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { entropy } from "../secrecy.ts";

export const awsSecretKey: Detector = {
  id: "aws-secret-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An AWS secret access key: 40 characters that can only be told from a hash by the words before them.",
    de: "Ein geheimer AWS-Zugriffsschlüssel: 40 Zeichen, die sich nur durch die Wörter davor von einem Hash unterscheiden.",
  },
  examples: {
    hit: [`aws_secret_access_key = ${"wJalrXUtnFEMI"}/K7MDENG/bPxRfiCYEXAMPLEKEY`, `"SecretAccessKey": "${"wJalrXUtnFEMI"}/K7MDENG/bPxRfiCYEXAMPLEKEY"`],
    miss: [`${"wJalrXUtnFEMI"}/K7MDENG/bPxRfiCYEXAMPLEKEY`, "aws commit: 3f786850e387550fdab836ed7e6dc881de23001b", `secret=${"a".repeat(40)}`],
  },
  ...pattern(/(?<=(?:secret|aws)[A-Za-z0-9_-]{0,24}(?: access)?(?: key)?["'`]?\s{0,3}(?:=>|:=|[=:,>])\s{0,3}["'`]?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/i, {
    literals: { at: "before", any: ["secret", "aws"] },
    accept: (key) => /[A-Z]/.test(key) && /[a-z]/.test(key) && /\d/.test(key) && entropy(key) > 4,
    score: 0.9,
  }),
};
