/**
 * A process of its own with every detector that ships, prepared as the gateway prepares them and each tried once (`all`), or with none (`none`): says how
 * much memory it holds and how much processor time the loading took.
 */
import { setTimeout as pause } from "node:timers/promises";

const begun = process.threadCpuUsage();
let spent = process.threadCpuUsage(begun);
// Held until it is measured, as a gateway holds it.
const held: unknown[] = [];
if (process.argv[2] === "all") {
  const [{ NEUTRAL_LABEL }, { detectors, scanner }, { judges }, { finder }, { outputLayer }, { lookFirst }] = await Promise.all([
    import("../../src/core/index.ts"),
    import("../../src/detectors/index.ts"),
    import("../../src/compose/texts/trained.ts"),
    import("../../src/input/find.ts"),
    import("../../src/output/index.ts"),
    import("../../src/compose/first-look.ts"),
  ]);
  const find = finder(detectors, scanner, judges);
  held.push(find, outputLayer({ detectors, scanner }));
  spent = process.threadCpuUsage(begun);
  // As after a start: in turns, before or beside the first requests.
  await lookFirst(detectors, new AbortController().signal);
  find.now({ at: "", text: "The order was shipped.", before: "", source: "tool", label: NEUTRAL_LABEL });
}
await pause(500);
const bytes = process.memoryUsage.rss();
gc?.();
await pause(200);
process.send?.({ took: (spent.user + spent.system) / 1000, bytes, collected: process.memoryUsage.rss(), held: held.length });
