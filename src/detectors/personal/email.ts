import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

const L = "A-Za-z0-9\\u00c0-\\u024f";
const FILES =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|s?html?|[cm]?[jt]sx?|json|ya?ml|toml|md|txt|pdf|zip|gz|tgz|whl|jar|lock|py|rb|rs|go|sh|conf|local|service|target)$/i;

export const email: Detector = {
  id: "email",
  finds: "personal",
  covers: ["O-01"],
  explain: {
    en: "An e-mail address.",
    de: "Eine E-Mail-Adresse.",
  },
  examples: {
    hit: ["anna.schmidt@example.de", "<bob+news@mail.example.co.uk>,", "mailto:jürgen@müller.example"],
    miss: ["@anna", "anna@localhost", "logo@2x.png", "git@github.com:org/repo.git", "a @ b.de", `${"x".repeat(65)}@example.de`],
  },
  ...pattern(`(?<![${L}._%+-])[${L}][${L}._%+-]{0,63}@(?:[${L}](?:[${L}-]{0,61}[${L}])?\\.){1,6}[A-Za-z]{2,24}(?![${L}_-])`, {
    literals: { at: "within", any: ["@"] },
    accept: (address) => !FILES.test(address) && !/^(?:git|svn|hg)@/i.test(address) && !/\.\.|\.@/.test(address),
  }),
};
