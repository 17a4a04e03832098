import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const npmToken: Detector = {
  id: "npm-token",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "An npm access token: publishes packages under its owner’s name.",
    de: "Ein npm-Zugriffstoken: veröffentlicht Pakete im Namen des Inhabers.",
  },
  examples: {
    hit: [`//registry.example/:_authToken=${"npm_"}aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7aB0cD3e`],
    miss: ["npm_config_registry", "npm_package_dependencies_somethingthatislong"],
  },
  ...pattern(/(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/, { accept: isIssued }),
};
