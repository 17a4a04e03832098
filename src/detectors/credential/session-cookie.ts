import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { entropy, standsIn } from "../secrecy.ts";

export const sessionCookie: Detector = {
  id: "session-cookie",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "A cookie that stands for a session that somebody has opened: whoever sends it is taken for them.",
    de: "Ein Cookie, das für eine geöffnete Sitzung steht: wer es schickt, gilt als die Person, die sich angemeldet hat.",
  },
  examples: {
    hit: [
      `Set-Cookie: JSESSIONID=${"8F2A91C04E"}B76D35A1F09C8E7B2D4A60; Path=/`,
      `Cookie: _gitlab_session=${"32ed4kzp44"}jh5yepoazocpgmac3dzpoc`,
      `connect.sid=s%3A${"Xy7Kd92LmQ4vT8sB"}n1Rz.aQ4dF9`,
    ],
    miss: ["sessionid=", "session_id = make_session()", "Cookie: theme=dark; lang=de", "session=open"],
  },
  ...pattern(
    `(?<=(?:(?:sess(?:ion)?[-_]?(?:id|token|key)?|connect\\.sid|sessid|\\.aspxauth|sid|remember_token|auth_token|xs|li_at)=))(?<![-_]path=|size=)[a-z0-9%._~+/:-]{16,4096}(?![a-z0-9%._~+/:(-])`,
    {
      literals: { at: "before", any: ["sess", "sid=", "aspxauth=", "remember_token=", "auth_token=", "xs=", "li_at="] },
      accept: (value) => !standsIn(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value) > 3.2,
      follows: (unit) => unit === 61,
      score: 0.8,
    },
  ),
};
