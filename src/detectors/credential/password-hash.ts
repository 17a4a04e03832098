import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";

const ROUNDS = "(?:\\$rounds=\\d{1,9})?";
const FORMS = [
  "1\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}",
  "2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{53}",
  `5${ROUNDS}\\$[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{43}`,
  `6${ROUNDS}\\$[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{86}`,
  "[89]\\$[./A-Za-z0-9]{14}\\$[./A-Za-z0-9]{43}",
  "y\\$[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{1,86}\\$[./A-Za-z0-9]{43}",
  "argon2(?:id|i|d)\\$v=\\d{1,3}\\$m=\\d{1,9},t=\\d{1,4},p=\\d{1,3}\\$[A-Za-z0-9+/]{8,88}\\$[A-Za-z0-9+/]{16,128}",
  "krb5(?:asrep|tgs)\\$\\d{1,2}\\$[^\\s$]{1,200}\\$[0-9a-fA-F]{64,4096}",
];

export const passwordHash: Detector = {
  id: "password-hash",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A password as a server stores it (crypt, bcrypt, yescrypt, Argon2) or as a Kerberos ticket shows it: whoever has it can guess at leisure.",
    de: "Ein Passwort, wie ein Server es ablegt (crypt, bcrypt, yescrypt, Argon2) oder ein Kerberos-Ticket es zeigt: wer es hat, kann in Ruhe raten.",
  },
  examples: {
    hit: [
      `root:${"$6$"}qoE2letU$${"wWPRl.PVczjzeMVgjiA8LLy2nOyZbf7Amj3qLIL978o".repeat(2)}:19000`,
      `${"$2b$"}12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW`,
      `${"$argon2id$"}v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$WW91IGhhdmUgdG8gbG9vayBjbG9zZWx5`,
    ],
    miss: ["costs $1$ a piece", `${"$2b$"}12$tooshort`, "echo $1 $2 $6"],
  },
  ...pattern(new RegExp(`(?<![A-Za-z0-9$])\\$(?:${FORMS.join("|")})(?![./A-Za-z0-9])`)),
};
