import type { Detector } from "../../core/detector.ts";
import { isOutsideWord } from "../follows.ts";
import { pattern } from "../pattern.ts";

const BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
/** RFC 1918; RFC 6598, between a provider and its customers; RFC 3927, of one link. */
const FOUR = `(?:10\\.${BYTE}|172\\.(?:1[6-9]|2\\d|3[01])|192\\.168|100\\.(?:6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])|169\\.254)\\.${BYTE}\\.${BYTE}(?:\\/(?:3[0-2]|[12]?\\d))?`;
/** RFC 4193 and, of one link, RFC 4291. */
const SIX = "(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])(?::[0-9a-f]{0,4}){2,8}(?:\\/(?:12[0-8]|1[01]\\d|\\d{1,2}))?";

/** What those of version six begin with, digits folded: read off the expression they would be two letters, which stand in too many words. */
const HEX = [..."0abcdef"];
const BEGINNINGS = ["fc", "fd"]
  .flatMap((two) => HEX.flatMap((three) => HEX.map((four) => `${two}${three}${four}:`)))
  .concat(["fe0", "fea", "feb"].flatMap((three) => HEX.map((four) => `${three}${four}:`)));

export const privateAddress: Detector = {
  id: "private-address",
  finds: "internal",
  covers: ["O-04"],
  explain: {
    en: "An address of a network that is not public (RFC 1918, RFC 6598, link-local, unique local IPv6): it says how a house is built inside.",
    de: "Eine Adresse aus einem nicht öffentlichen Netz (RFC 1918, RFC 6598, link-lokal, eindeutig lokale IPv6-Adressen): Sie verrät, wie ein Haus innen gebaut ist.",
  },
  examples: {
    hit: [
      "10.20.30.40",
      "ssh root@192.168.178.1",
      "172.16.0.0/12",
      "http://172.31.9.8:8080/",
      "100.64.1.1",
      "169.254.169.254",
      "fd12:3456:789a::1",
      "fe80::1%eth0",
    ],
    miss: [
      "8.8.8.8",
      "172.32.0.1",
      "192.169.1.1",
      "version 10.2.3",
      "10.20.30.400",
      "1.10.20.30.40",
      "127.0.0.1",
      "2001:db8::1",
      "fd12:3456",
      "fe80::1::2",
      "feature: on",
    ],
  },
  ...pattern(`(?<![A-Za-z0-9_:]|\\d\\.)(?:${FOUR}(?!\\d|\\.\\d|[A-Za-z_])|${SIX}(?![0-9A-Za-z_:]))`, {
    literals: { at: "start", any: ["00.0", "000.0", ...BEGINNINGS] },
    follows: isOutsideWord,
    accept: (match) => !match.includes(":") || isSix(match.replace(/\/.*$/, "")),
  }),
};

/** Eight groups, or fewer around one gap. */
function isSix(address: string): boolean {
  const [left = "", right, more] = address.split("::");
  if (more !== undefined) return false;
  const groups = [left, right ?? ""].flatMap((half) => (half === "" ? [] : half.split(":")));
  return groups.every((group) => group !== "") && (right === undefined ? groups.length === 8 : groups.length < 8);
}
