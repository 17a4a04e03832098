import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const gitlabToken: Detector = {
  id: "gitlab-token",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A GitLab token: personal, deploy, runner, trigger and others.",
    de: "Ein GitLab-Token: persönlich, Deploy, Runner, Trigger und andere.",
  },
  examples: {
    hit: [`PRIVATE-TOKEN: ${"glpat-"}aB3dE6gH9jK2mN5pQ8sT`],
    miss: ["glpat- begins a personal token", `${"glpat-"}short`],
  },
  ...pattern(/(?<![A-Za-z0-9])gl(?:pat|dt|ptt|soat|rt|cbt|ft|ffct|imt|agent|oas)-[A-Za-z0-9_.-]{20,300}(?![A-Za-z0-9_-])/, { accept: isIssued }),
};
