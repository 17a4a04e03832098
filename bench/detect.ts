/** P6 to P9, first figures: what looking through ordinary text costs, what a stream's chunk costs, and what hostile text costs. */

import { judges, names } from "../src/compose/texts/trained.ts";
import { NEUTRAL, NEUTRAL_LABEL, type Request } from "../src/core/index.ts";
import { hostileTexts } from "../src/detectors/hostile.ts";
import { detectors, ownRule, scanner } from "../src/detectors/index.ts";
import { finder } from "../src/input/find.ts";
import { normalise } from "../src/input/normalise.ts";
import { outputLayer } from "../src/output/index.ts";
import { type Looking, lookingPeers } from "./looking.ts";
import { type Bench, median, type Row } from "./row.ts";

const ORDINARY = [
  "The order was shipped on Tuesday and should arrive within three working days. If it does not, please reply to this message and we will look into it. ",
  "You can change the address in your account under Settings; the new one is used from the next order on, not for what is already on its way. ",
  'const total = items.reduce((sum, item) => sum + item.price * item.amount, 0);\nif (total > limit) throw new Error("over the limit");\n',
  '{"id": 4711, "status": "open", "created": "2026-03-14T09:26:53Z", "lines": [{"sku": "AB-1029", "amount": 3, "price": 12.5}]}\n',
  "Die Lieferung erfolgt innerhalb von drei Werktagen. Bitte prüfen Sie die Ware beim Empfang und melden Sie uns Schäden sofort. ",
];
/** Own words are made of these: some begin like words of the text. */
const OWN = ["Projekt", "Lieferung", "Order", "Müller", "Werktag", "Address"];
/** A kilobyte of mail, code, JSON and German, and nothing to be found. */
const kilobyte = (at: number): string =>
  Buffer.from(
    ORDINARY.map((_, part) => ORDINARY[(part + at) % ORDINARY.length])
      .join("")
      .repeat(2)
      .slice(0, 1024),
  ).toString();

export const run: Bench = async ({ quick }) => {
  const n = quick ? 200 : 4_000;
  const rounds = quick ? 3 : 15;
  const texts = Array.from({ length: 64 }, (_, at) => kilobyte(at));
  const of = (...kinds: readonly string[]) => scanner(detectors.filter(({ finds }) => kinds.includes(finds)));
  const [secrets, personal, orders, all, none] = [of("credential"), of("personal", "financial"), of("injection"), scanner([...detectors]), of()];
  const words = Array.from({ length: 100 }, (_, at) => `${OWN[at % OWN.length]} ${OWN[(at * 7 + 3) % OWN.length]}${at}`);
  const own = scanner([...ownRule({ id: "own", kind: "internal", words, examples: { hit: [], miss: [] } }), ...detectors]);
  const people = scanner([names]);
  const stage = finder(detectors, scanner, judges);
  const long = texts.join("");
  const peers = await lookingPeers();
  const beside = new Map(peers.map(({ name }) => [name, [] as number[]]));
  const work: { readonly [name: string]: (text: string) => unknown } = {
    none: (text) => none.matches(text, "tool"),
    secrets: (text) => secrets.matches(text, "tool"),
    personal: (text) => personal.matches(text, "tool"),
    orders: (text) => orders.matches(normalise(text).text, "tool"),
    all: (text) => all.matches(text, "tool"),
    own: (text) => own.matches(text, "tool"),
    people: (text) => people.matches(text, "tool"),
    stage: (text) => stage.now({ at: "", text, before: "", source: "tool", label: NEUTRAL_LABEL }),
  };
  const times = new Map(Object.keys(work).map((name) => [name, [] as number[]]));
  const chunks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, look] of Object.entries(work)) times.get(name)?.push(timed(n, (at) => look(texts[at % texts.length] as string)));
    chunks.push(streamed(Math.ceil(n / 50), texts));
    // Some of them have a price for each text, whatever its length: the better of both counts.
    for (const { name, look } of peers) {
      const each = await timedEach(Math.ceil(n / 20), (at) => look(texts[at % texts.length] as string));
      const joined = (await timedEach(Math.ceil(n / 400), () => look(long))) / texts.length;
      beside.get(name)?.push(Math.min(each, joined));
    }
  }
  const micros = (name: string): number => median(times.get(name) ?? []);
  const row = (id: string, what: string, ours: number, limit: number, unit: string): Row => ({
    id,
    what,
    unit,
    ours,
    target: `at most ${limit} ${unit}`,
    met: ours <= limit,
    n: n * rounds,
  });
  return [
    row("P6", `secrets: ${detectors.filter(({ finds }) => finds === "credential").length} detectors, ordinary text`, micros("secrets"), 14, "µs/KB"),
    row("P7", "personal and financial data with checksums, ordinary text", micros("personal"), 20, "µs/KB"),
    row("P8", "orders to a model: normalise and patterns, ordinary text", micros("orders"), 25, "µs/KB"),
    row("P8", "all of them in one pass, ordinary text", micros("all"), 45, "µs/KB"),
    row("P8", "all of them and 100 own words in one pass, ordinary text", micros("own"), 45, "µs/KB"),
    row("P8", "the whole input stage: normalise, decode, all detectors, classifier, ordinary text", micros("stage"), 45, "µs/KB"),
    row("P7", "names of persons, which are looked for on request only: added to the above, ordinary text", micros("people"), 60, "µs/KB"),
    ...peers.map((peer) => besideRow(peer, micros(peer.beside), median(beside.get(peer.name) ?? []), n * rounds)),
    row("P2", "output filter, one chunk of 20 signs", median(chunks), 4, "µs"),
    hostile(quick),
  ];
};

/** The same texts in the same rounds, and what the other looks for. */
function besideRow({ name, beside, covers }: Looking, ours: number, peer: number, n: number): Row {
  const what = beside === "secrets" ? "secrets" : "personal and financial data";
  return {
    id: beside === "secrets" ? "P6" : "P7",
    what: `${what}, ordinary text, beside ${name}`,
    unit: "µs/KB",
    ours,
    peer,
    ratio: ours / peer,
    target: "at most 1 × the peer",
    met: ours <= peer,
    n,
    note: `the peer covers ${covers}; the better of texts of 1 KB and of one of 64 KB`,
  };
}

/** As `timed`, for what answers later. */
async function timedEach(n: number, call: (at: number) => unknown): Promise<number> {
  const start = process.cpuUsage();
  for (let at = 0; at < n; at++) await call(at);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / n;
}

/** Microseconds of CPU for one call. */
function timed(n: number, call: (at: number) => unknown): number {
  const start = process.cpuUsage();
  for (let at = 0; at < n; at++) call(at);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / n;
}

function streamed(answers: number, texts: readonly string[]): number {
  const layer = outputLayer({ detectors, scanner });
  const request: Request = { id: "bench", principal: { agent: "bench" }, action: { type: "model.call" }, content: [], context: { time: 0, surface: "bench" } };
  const inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };
  let chunks = 0;
  const total = timed(1, () => {
    for (let answer = 0; answer < answers; answer++) {
      const filter = layer.open(request, NEUTRAL, inspection);
      for (let kilobytes = 0; kilobytes < 4; kilobytes++) {
        const text = texts[(answer + kilobytes) % texts.length] as string;
        for (let at = 0; at < text.length; at += 20, chunks++) filter.text("text", text.slice(at, at + 20));
      }
      filter.end("text");
      filter.verdict();
    }
  });
  return total / chunks;
}

/** The worst growth from 32 KB to 64 KB over all hostile texts that take more than noise. A growth that looks too large is measured again. */
function hostile(quick: boolean): Row {
  const all = scanner([...detectors]);
  const best = (text: string, rounds: number): number => Math.min(...Array.from({ length: rounds }, () => timed(1, () => all.matches(text, "tool"))));
  const short = hostileTexts(32_768, detectors);
  let [worst, name, slowest, slowestName] = [0, "", 0, ""];
  hostileTexts(65_536, detectors).forEach(({ text, name: what }, at) => {
    const half = (short[at] as { text: string }).text;
    let long = best(text, quick ? 1 : 2);
    if (long < 2_000) return;
    let ratio = long / best(half, quick ? 1 : 2);
    for (let again = 0; again < 4 && ratio > 2.1; again++) {
      long = Math.min(long, best(text, 3));
      ratio = Math.min(ratio, long / best(half, 3));
    }
    if (long / 64 > slowest) [slowest, slowestName] = [long / 64, what];
    if (ratio > worst) [worst, name] = [ratio, what];
  });
  return {
    id: "P9",
    what: "hostile text, time(64 KB) / time(32 KB), worst",
    unit: "×",
    ours: worst,
    target: "at most 2.3 ×",
    met: worst <= 2.3,
    n: short.length,
    note: `worst on ${name}; slowest text ${slowest.toFixed(0)} µs/KB (${slowestName})`,
  };
}
