import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const slackToken: Detector = {
  id: "slack-token",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A Slack token or webhook address: reads or writes in a workspace.",
    de: "Ein Slack-Token oder eine Webhook-Adresse: liest oder schreibt in einem Workspace.",
  },
  examples: {
    hit: [
      `${"xoxb-"}123456789012-1234567890123-aB3dE6gH9jK2mN5pQ8sTuV1w`,
      `https://${"hooks.slack.com"}/services/T00000000/B00000000/aB3dE6gH9jK2mN5pQ8sTuV1w`,
    ],
    miss: ["xoxb- is a bot token", "https://slack.com/services/", "xoxo-hugs"],
  },
  ...pattern(
    /(?<![A-Za-z0-9])(?:xox[abeoprs]-(?=[A-Za-z0-9-]{0,40}\d{4})[A-Za-z0-9-]{10,250}|xoxe\.xox[bp]-\d-[A-Za-z0-9]{20,250}|xapp-\d-[A-Za-z0-9]{8,16}-\d{8,16}-[a-f0-9]{32,128}|hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,128})(?![A-Za-z0-9-])/,
    { accept: isIssued },
  ),
};
