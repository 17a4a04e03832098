import { identifier } from "../identifier.ts";

export const commercialRegister = identifier({
  id: "commercial-register",
  explain: {
    en: "An entry of the German commercial register (HRA, HRB and the registers of cooperatives, partnerships and associations).",
    de: "Ein Eintrag im Handelsregister (HRA, HRB) oder im Genossenschafts-, Partnerschafts- oder Vereinsregister.",
  },
  examples: {
    hit: [
      "Amtsgericht München HRB 123456",
      "HRA 4711 B",
      "eingetragen im Vereinsregister VR 12345",
      "Handelsregister: HRB12345",
      "HR B 12345",
      "Registernummer HRB: 12345",
      "HRB-Nr.: 12 345",
    ],
    miss: ["HRB is a department", "VR 180 headset", "HR 12345", "8 hr a 5 km"],
  },
  form: "HR ?[AB](?:-?Nr\\.?)?:?[ -]?(?:Nr\\.?:? ?)?(?:\\d{1,3} \\d{3}|\\d{1,6})(?: ?[A-Z]{1,2}(?![A-Za-z]))?|(?<=(?:register|amtsgericht)[^\\d]{0,30})(?:GnR|PR|VR|GsR) ?\\d{1,6}",
  // In small letters and with a blank it is an hour and an article.
  valid: (_, written) => !/^hr[ \u00a0\u202f]/i.test(written) || written.startsWith("HR"),
  score: 0.7,
});
