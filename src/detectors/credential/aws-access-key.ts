import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const awsAccessKey: Detector = {
  id: "aws-access-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An AWS access key id: together with its secret it gives access to the account.",
    de: "Eine AWS-Zugriffsschlüssel-ID: zusammen mit dem geheimen Schlüssel öffnet sie das Konto.",
  },
  examples: {
    hit: [`key=${"AKIA"}IOSFODNN7EXAMPLE`, `${"ASIA"}Y34FZKBOKMUTVV7A is temporary`],
    miss: ["AKIA is a prefix", `${"AKIA"}iosfodnn7example`, `x${"AKIA"}IOSFODNN7EXAMPLE`],
  },
  ...pattern(/(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/),
};
