/** What looking for a session's values in a long text costs: it stands in everybody's way. Measured alone. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createPseudonyms } from "../../src/output/index.ts";
import { isWithin, took } from "../pace.ts";
import { verifies } from "../verifies.ts";

const MAILS = Array.from({ length: 2_000 }, (_, at) => `person${at}@kunde.example`);
const PROSE = "The order of Ms Meier was shipped on Tuesday; if it does not arrive, write to person@shop.example. ".repeat(21_000).slice(0, 2_000_000);
const TEXTS = { prose: PROSE, "prose in which a value stands now and then": PROSE.replaceAll("person@shop", "person7@kunde") };

for (const [name, text] of Object.entries(TEXTS))
  test(`2 MB are gone through for the values of a session within 25 ms: ${name}`, () => {
    verifies("I-06");
    const request = {
      id: "r",
      principal: { agent: "a" },
      action: { type: "model.call" },
      content: [],
      context: { time: 0, surface: "test" },
    } as const;
    const passages = MAILS.map((mail, at) => ({
      at: `content/${at}`,
      text: mail,
      findings: [{ detector: "email", kind: "personal", start: 0, end: mail.length, score: 1 } as const],
    }));
    const veil = createPseudonyms({ random: randomBytes, clock: { monotonic: () => 0 } })
      .veils({ kinds: { personal: "pseudonym" }, own: new Map() }, 3_600_000)
      ?.over(request, passages);
    assert.ok(veil !== undefined);
    for (const work of [veil.find, veil.hide]) {
      let least = Infinity;
      for (let round = 0; round < 12 && least >= 25; round++)
        least = Math.min(
          least,
          took(() => work(text)),
        );
      assert.ok(isWithin(25, least), `${least.toFixed(1)} ms`);
    }
  });
