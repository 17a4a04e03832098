import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const awsAccessKey: Detector = {
  id: "aws-access-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An AWS access key id: together with its secret it gives access to the account.",
    de: "Eine AWS-Zugriffsschlüssel-ID: zusammen mit dem geheimen Schlüssel öffnet sie das Konto.",
  },
  examples: {
    hit: [`key=${"AKIA"}Y34FZKBOKMUTVV7A`, `${"ASIA"}Y34FZKBOKMUTVV7A is temporary`],
    miss: ["AKIA is a prefix", `${"AKIA"}iosfodnn7example`, `x${"AKIA"}Y34FZKBOKMUTVV7A`, `${"AKIA"}IOSFODNN7EXAMPLE`],
  },
  ...pattern(/(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Za-z0-9])/, { accept: isIssued }),
};
