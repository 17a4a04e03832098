import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { isIssued } from "../secrecy.ts";

export const cloudStorageKey: Detector = {
  id: "cloud-storage-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "The key in a connection string of Azure (storage, service bus, app configuration), or the signature of a shared address.",
    de: "Der Schlüssel in einer Verbindungszeichenfolge von Azure (Speicher, Service Bus, App Configuration) oder die Signatur einer geteilten Adresse.",
  },
  examples: {
    hit: [
      `AccountName=shop;AccountKey=${"lJzRc1YdHaAA2KCN"}JJ1tkYwF/+mKK6Ygw0NGe170Xu592euJv2wYUtBlV8z+qnlcNQSnIYVTkLWntUO1F8j8rQ==`,
      `Id=a1b2-l0-s0:Kx9${"aQ"};Secret=${"q7Zt3Vw8Xy2Kb5Nd"}9Rf1Gh4Jl6Mp0Qs3Tu7Wz2Yc5Ae8Bi0=`,
    ],
    miss: ["AccountKey=<key>", "SharedAccessKey={your key}", "sig=abc", "Secret=changeme"],
  },
  ...pattern(
    /(?<=(?:AccountKey|SharedAccessKey|SharedSecretValue|[;"]Secret)\s{0,3}=\s{0,3})[A-Za-z0-9+/]{20,100}={0,3}(?![A-Za-z0-9+/=])|(?<=[?&;]sig=)[A-Za-z0-9%+/]{40,160}(?![A-Za-z0-9%+/])/i,
    {
      literals: { at: "before", any: ["accountkey", "sharedaccesskey", "sharedsecretvalue", "secret", "sig="] },
      accept: (key) => isIssued(key) && /\d/.test(key) && /[A-Z]/.test(key),
    },
  ),
};
