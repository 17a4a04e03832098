import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const githubToken: Detector = {
  id: "github-token",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A GitHub token: acts on GitHub as the person or app it was made for.",
    de: "Ein GitHub-Token: handelt auf GitHub im Namen der Person oder App, für die es ausgestellt wurde.",
  },
  examples: {
    hit: [`GITHUB_TOKEN=${"ghp_"}16C7e42F292c6912E7710c838347Ae178B4a`, `${"github_pat_"}11ABCDEFG0aBcDeFgHiJkL_${"aB3dE6gH9j".repeat(6).slice(1)}`],
    miss: ["ghp_ is the prefix of a classic token", `${"ghp_"}tooshort123`, `${"ghp_"}${"0".repeat(300)}`],
  },
  ...pattern(/(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}|github_pat_[A-Za-z0-9_]{60,255})(?![A-Za-z0-9_])/, {
    accept: isIssued,
  }),
};
