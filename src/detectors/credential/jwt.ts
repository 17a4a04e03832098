import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

export const jwt: Detector = {
  id: "jwt",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A JSON Web Token: whoever shows it is taken for its owner until it expires.",
    de: "Ein JSON Web Token: wer es vorzeigt, gilt bis zum Ablauf als sein Inhaber.",
  },
  examples: {
    hit: [
      `Authorization: Bearer ${"eyJhbGciOiJIUzI1NiJ9"}.${"eyJzdWIiOiIxMjM0NTY3ODkwIn0"}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U`,
      `token=${"eyJhbGciOiJub25lIn0K"}.${"eyJzdWIiOiIxMjM0NTY3ODkwIn0"}.`,
    ],
    miss: ["eyJ begins a JSON object in base64", "eyJhbGciOiJIUzI1NiJ9 alone is only a header", "eyJhbGciOiJIUzI1NiJ9.not-a-payload"],
  },
  ...pattern(
    /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{12,2048}\.(?:eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024}|[A-Za-z0-9_-]{0,1024}\.[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,64})(?![A-Za-z0-9_-])/,
  ),
};
