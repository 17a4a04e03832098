import {
  allowedBy,
  type Decision,
  type Detector,
  deny,
  FINDING_KINDS,
  type Filter,
  type FindingKind,
  type Inspection,
  join,
  NEUTRAL,
  type OutputLayer,
  type Passage,
  permit,
  type Request,
  type Scanner,
  type Veils,
} from "../core/index.ts";
import { type Actions, ARGUMENT_ACTIONS, actionOf, type OutputAction, type OutputActions, obligedBy, TEXT_ACTIONS } from "./actions.ts";
import { type Channel, openChannel } from "./channel.ts";
import { type Logged, logged } from "./passage.ts";
import { filterValue } from "./value.ts";

export interface OutputOptions {
  readonly detectors: readonly Detector[];
  /** Prepares a list of detectors (`detectors/scan.ts`). */
  readonly scanner: (detectors: readonly Detector[]) => Scanner;
  /** What happens to findings in text and results, which go to a reader; kinds that are not named do as TEXT_ACTIONS says. */
  readonly text?: Partial<OutputActions>;
  /** The same for arguments, which go to a tool; a number that stands in the caller's own request is left in them. */
  readonly arguments?: Partial<OutputActions>;
  /** What single detectors do instead of what their kind does. */
  readonly own?: { readonly text: ReadonlyMap<string, OutputAction>; readonly arguments: ReadonlyMap<string, OutputAction> };
  /** What was let go although something finds it: the record says so. */
  readonly allowed?: readonly Detector[];
  /** What a model's provider does not get to see: arguments may hold values again, and the log masks them also where no detector would know them. */
  readonly veils?: Veils | undefined;
}

/** Layer 4. Preparing it compiles the detectors; opening a filter costs next to nothing. */
export function outputLayer(options: OutputOptions): OutputLayer {
  const texts: Omit<Actions, "obliged"> = { kinds: { ...TEXT_ACTIONS, ...options.text }, own: options.own?.text ?? new Map() };
  const args: Omit<Actions, "obliged"> = { kinds: { ...ARGUMENT_ACTIONS, ...options.arguments }, own: options.own?.arguments ?? new Map() };
  const allowed = options.allowed === undefined || options.allowed.length === 0 ? undefined : options.scanner(options.allowed);
  const prepared = new Map<string, Sides>();
  // One pair of scanners for each set of kinds that is held back: few, because obligations name kinds.
  const sides = (actions: Actions): Sides => {
    const key = FINDING_KINDS.filter((kind) => actions.obliged.has(kind)).join();
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const holds = ({ id, finds }: Detector): boolean => actionOf(actions, { kind: finds, detector: id }) !== "report";
    const made = { holding: options.scanner(options.detectors.filter(holds)), reporting: options.scanner(options.detectors.filter((one) => !holds(one))) };
    prepared.set(key, made);
    return made;
  };
  sides({ ...texts, obliged: new Set() });
  return {
    open(request, decision, inspection) {
      const obliged = obligedBy(decision.obligations);
      const actions = { text: { ...texts, obliged }, arguments: { ...args, obliged } };
      return openFilter({
        all: () => options.scanner(options.detectors),
        sides: sides(actions.text),
        actions,
        allowed,
        veils: options.veils,
        request,
        inspection,
      });
    },
  };
}

interface Sides {
  readonly holding: Scanner;
  readonly reporting: Scanner;
}

interface FilterOptions {
  /** For whole values; most answers hold none, so it is prepared when the first comes. */
  readonly all: () => Scanner;
  readonly sides: Sides;
  readonly actions: { readonly text: Actions; readonly arguments: Actions };
  readonly allowed: Scanner | undefined;
  readonly veils: Veils | undefined;
  readonly request: Request;
  readonly inspection: Inspection;
}

function openFilter({ all, sides, actions, allowed, veils, request, inspection }: FilterOptions): Filter {
  const channels = new Map<string, { channel: Channel; log: Logged }>();
  const values: Passage[] = [];
  const masked = new Set<string>();
  let blockedBy: string | undefined;
  let own: ReadonlySet<string> | undefined;
  let count = 0;

  const channelOf = (name: string): Channel => {
    const known = channels.get(name);
    if (known !== undefined) return known.channel;
    const log = logged(sides.reporting);
    const channel = openChannel({
      ...sides,
      log,
      blocks: (match) => {
        if (actionOf(actions.text, match) !== "block") {
          masked.add(match.detector);
          return false;
        }
        blockedBy ??= match.detector;
        return true;
      },
    });
    channels.set(name, { channel, log });
    return channel;
  };

  return {
    text: (channel, text) => (blockedBy === undefined ? channelOf(channel).push(text) : ""),
    end: (channel) => (blockedBy === undefined ? channelOf(channel).end() : ""),
    value(value, what) {
      if (blockedBy !== undefined) return null;
      const isKnown = (kind: FindingKind, text: string): boolean => {
        if (what !== "arguments" || kind !== "financial") return false;
        own ??= ownNumbers(inspection);
        return own.has(bare(text));
      };
      const filtered = filterValue(value, `${what}/${count++}`, {
        all: all(),
        actions: what === "arguments" ? actions.arguments : actions.text,
        known: isKnown,
        masked: ({ detector }) => masked.add(detector),
      });
      values.push(...filtered.passages);
      blockedBy = filtered.blocked?.detector;
      return blockedBy === undefined ? filtered.value : null;
    },
    get blocked() {
      return blockedBy !== undefined;
    },
    verdict() {
      const reasons: Decision[] = [...masked].filter((id) => id !== blockedBy).map((id) => permit({ id: `detectors/${id}`, text: `masked ${id}` }));
      if (blockedBy !== undefined) reasons.push(deny({ id: `detectors/${blockedBy}`, text: `withheld the answer from ${blockedBy} on` }));
      const passages = [...[...channels].map(([name, { log }]) => log.passage(name)), ...values];
      if (allowed !== undefined) for (const { text } of passages) reasons.push(...allowed.matches(text, "model").map(({ detector }) => allowedBy(detector)));
      const veil = veils?.of(request) ?? veils?.known(request.principal);
      const named = veil === undefined ? passages : passages.map((one) => ({ ...one, findings: [...one.findings, ...veil.find(one.text)] }));
      return { decision: reasons.reduce(join, NEUTRAL), passages: named };
    },
  };
}

/** The financial numbers that the request's own content holds, without gaps and case. */
function ownNumbers({ passages }: Inspection): ReadonlySet<string> {
  return new Set(
    passages.flatMap(({ text, findings }) => findings.flatMap(({ kind, start, end }) => (kind === "financial" ? [bare(text.slice(start, end))] : []))),
  );
}

function bare(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
}
