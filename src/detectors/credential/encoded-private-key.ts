import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const encodedPrivateKey: Detector = {
  id: "encoded-private-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A private key in PEM armour that was written in base64 once more, as environment variables and Kubernetes secrets hold it.",
    de: "Ein privater Schlüssel im PEM-Format, noch einmal in Base64 geschrieben, wie ihn Umgebungsvariablen und Kubernetes-Secrets enthalten.",
  },
  examples: {
    hit: [`PRIVATE_KEY_B64=${"LS0tLS1CRUdJTiB"}${"SU0EgUFJJVkFURSBLRVktLS0tLQ"}pNSUlFb2dJQkFBS0NBUUVBb3kxWFh1VkFRcHFIYlFFMDVta2hy`],
    miss: [`${"LS0tLS1CRUdJTiB"}QVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQUdiOUVDV21Fe`, `${"LS0tLS1CRUdJTiB"} begins a file in PEM armour`],
  },
  // `-----BEGIN `, then RSA, DSA, EC, ENCRYPTED, OPENSSH or nothing, then `PRIVATE KEY`.
  ...pattern(
    /LS0tLS1CRUdJTiB(?:SU0EgUFJJVkFURSBLRVkt|EU0EgUFJJVkFURSBLRVkt|FQyBQUklWQVRFIEtFWS|FTkNSWVBURUQgUFJJVkFURSBLRVkt|PUEVOU1NIIFBSSVZBVEUgS0VZ|QUklWQVRFIEtFWS)[A-Za-z0-9+/=]{32,16384}/,
  ),
};
