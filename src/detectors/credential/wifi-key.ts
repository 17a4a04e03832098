import type { Detector } from "../../core/detector.ts";
import { pattern } from "../pattern.ts";
import { standsIn } from "../secrecy.ts";

const NAME = "(?:wlan|w-lan|wi-?fi|wpa[23]?)[- ](?:passwor[dt]|kennwort|schl(?:ü|ue|u)ssel|netzwerkschl(?:ü|ue|u)ssel|key|passphrase|psk|code)";

export const wifiKey: Detector = {
  id: "wifi-key",
  finds: "credential",
  covers: ["O-03"],
  explain: {
    en: "The key of a wireless network, told or as the text of a code that a phone reads: “Wi-Fi key: …”, `WIFI:…;P:…;`.",
    de: "Der Schlüssel eines WLANs, genannt oder als Text eines Codes, den ein Handy liest: „WLAN-Schlüssel: …“, `WIFI:…;P:…;`.",
  },
  examples: {
    hit: [
      `WLAN-Passwort: ${"Sonne"}2024!`,
      `WLAN-Schlüssel: ${"4711-0815"}-1234-5678`,
      `WiFi key: ${"Abc"}12345`,
      `WPA2-Schlüssel lautet ${"geheim"}123`,
      `WIFI:T:WPA;S:Netz;P:${"geheim"}123;;`,
    ],
    miss: ["WLAN-Passwort: vergessen", "WLAN-Schlüssel: siehe Aufkleber", "WiFi key: <your-key-123>", "WIFI:T:nopass;S:Gast;;", "WPA2 key: 8-63 characters"],
  },
  ...pattern(
    `(?<=(?<![a-z0-9_$-])${NAME}(?::| is| ist| lautet)[ \\u00a0]{0,2}["'„“]?)(?<=[ \\u00a0:"'„“])[a-z0-9][^\\s"'<>„“]{6,61}[^\\s"'<>„“.,;:)]|(?<=WIFI:(?:[tsh]:[^;\\s]{0,20};){0,2}P:)[^;\\s]{8,63}(?=;)`,
    {
      literals: { at: "before", any: ["wlan", "w-lan", "wifi", "wi-fi", "wpa"] },
      accept: (key) => /\d/.test(key) && !/^\d{1,2}-\d{1,2}$/.test(key) && !standsIn(key),
      score: 0.7,
    },
  ),
};
