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
  type Match,
  NEUTRAL,
  type OutputLayer,
  type Passage,
  permit,
  type Request,
  type Scanner,
  type Veils,
} from "../core/index.ts";
import { type Actions, ARGUMENT_ACTIONS, actionOf, maskOf, type OutputAction, type OutputActions, obligedBy, TEXT_ACTIONS } from "./actions.ts";
import { type Act, type After, type Channel, openChannel } from "./channel.ts";
import { inTurn, sinceUnseen } from "./in-turn.ts";
import { type Logged, logged } from "./passage.ts";
import { openSaid, type Said, type SaidOptions } from "./said.ts";
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
  /** Find what is judged by the request (`detectors/marks.ts`): addresses, the marker of a prompt. Without them nothing is. */
  readonly marks?: readonly Detector[];
  readonly said?: Omit<SaidOptions, "marks">;
  /** True for a channel that no reader gets to see: what is found there is recorded, and tells nobody the prompt. */
  readonly unseen?: (channel: string) => boolean;
}

/** Layer 4. Preparing it compiles the detectors; opening a filter costs next to nothing. */
export function outputLayer(options: OutputOptions): OutputLayer {
  const texts: Omit<Actions, "obliged"> = { kinds: { ...TEXT_ACTIONS, ...options.text }, own: options.own?.text ?? new Map() };
  const args: Omit<Actions, "obliged"> = { kinds: { ...ARGUMENT_ACTIONS, ...options.arguments }, own: options.own?.arguments ?? new Map() };
  const allowed = options.allowed === undefined || options.allowed.length === 0 ? undefined : options.scanner(options.allowed);
  const saying: SaidOptions | undefined = options.marks === undefined ? undefined : { ...options.said, marks: options.scanner(options.marks) };
  const { unseen = () => false } = options;
  const prepared = new Map<string, Sides>();
  // One pair of scanners for each set of kinds that is held back: few, because obligations name kinds.
  const sides = (actions: Actions): Sides => {
    const key = FINDING_KINDS.filter((kind) => actions.obliged.has(kind)).join();
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const holds = ({ id, finds }: Detector): boolean => actionOf(actions, { kind: finds, detector: id }) !== "report";
    // An operator's rule may say that any sign is to be taken out.
    const plain = !options.detectors.some(({ id, finds }) => finds === "smuggling" && !SHIPPED.has(id));
    const made = {
      plain,
      holding: options.scanner(options.detectors.filter(holds)),
      reporting: options.scanner(options.detectors.filter((one) => !holds(one))),
    };
    prepared.set(key, made);
    return made;
  };
  sides({ ...texts, obliged: new Set() });
  return {
    open(request, decision, inspection) {
      const obliged = obligedBy(decision.obligations);
      const actions = { text: { ...texts, obliged }, arguments: { ...args, obliged } };
      const said = saying === undefined ? undefined : openSaid(saying, request, inspection);
      return openFilter({
        all: () => options.scanner(options.detectors),
        sides: sides(actions.text),
        actions,
        allowed,
        veils: options.veils,
        request,
        inspection,
        unseen,
        ...(said === undefined ? {} : { said }),
      });
    },
  };
}

const SHIPPED = new Set(["invisible-text", "terminal-control"]);

interface Sides {
  /** True where only what nobody sees is taken out. */
  readonly plain: boolean;
  readonly holding: Scanner;
  readonly reporting: Scanner;
}

/** What was masked on a channel, and what only because it stood together in the end: apart, so that how the answer was cut does not matter. */
interface Noted {
  readonly masked: Map<string, number>;
  readonly rejoined: Set<string>;
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
  /** What is looked at once everything found is masked: masks take characters out, and what is left may read otherwise. */
  readonly said?: Said;
  readonly unseen: (channel: string) => boolean;
}

function openFilter({ all, sides, actions, allowed, veils, request, inspection, unseen, said }: FilterOptions): Filter {
  const channels = new Map<string, { channel: Channel; log: Logged; noted: Noted }>();
  const values: Passage[] = [];
  const masked = new Set<string>();
  let blocked = false;
  /** The detector whose find ended the answer; what ended it otherwise says so itself. */
  let blockedBy: string | undefined;
  let own: ReadonlySet<string> | undefined;
  let count = 0;

  const second = (): Channel | undefined => said?.open(() => (blocked = true));
  const channelOf = (name: string): Channel => {
    const known = channels.get(name);
    if (known !== undefined) return known.channel;
    const log = logged(sides);
    const noted: Noted = { masked: new Map(), rejoined: new Set() };
    const act = (match: Match, note: (detector: string) => void): Act => {
      const { detector } = match;
      if (actionOf(actions.text, match) !== "block") {
        note(detector);
        return { by: maskOf(match) };
      }
      blocked = true;
      blockedBy = detector;
      return "block";
    };
    // Where something was taken out of what leaves: what stands before and behind may be one word now.
    const seams: number[] = [];
    let next = 0;
    const first = openChannel({
      holding: sides.holding,
      log,
      act(match, { left }) {
        const acted = act(match, (id) => noted.masked.has(id) || noted.masked.set(id, left));
        if (typeof acted === "object" && acted.by === "" && seams.at(-1) !== left) seams.push(left);
        return acted;
      },
    });
    const again = (after: After): Channel =>
      openChannel({
        holding: sides.holding,
        after,
        act(match) {
          while ((seams[next] ?? Infinity) <= match.start) next++;
          if ((seams[next] ?? Infinity) >= match.end) return "leave";
          const acted = act(match, (id) => noted.rejoined.add(id));
          if (acted === "block") {
            log.endsWith((one) => actionOf(actions.text, one) === "block");
            for (const [id, left] of noted.masked) if (left >= match.end) noted.masked.delete(id);
          }
          return acted;
        },
      });
    const ended = (): boolean => blocked;
    const channel = inTurn(
      sides.plain ? sinceUnseen(first, again, ended) : inTurn(first, again({ left: 0, text: "" }), ended),
      unseen(name) ? undefined : second(),
      ended,
    );
    channels.set(name, { channel, log, noted });
    return channel;
  };

  return {
    text: (channel, text) => (blocked ? "" : channelOf(channel).push(text)),
    end: (channel) => (blocked ? "" : channelOf(channel).end()),
    value(value, what) {
      if (blocked) return null;
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
        last(leaf) {
          const channel = second();
          return channel === undefined ? leaf : channel.push(leaf) + channel.end();
        },
      });
      values.push(...filtered.passages);
      if (filtered.blocked !== undefined) {
        blocked = true;
        blockedBy ??= filtered.blocked.detector;
      }
      return blocked ? null : filtered.value;
    },
    get blocked() {
      return blocked;
    },
    verdict() {
      const onChannels = [...channels.values()].flatMap(({ noted }) => [...noted.masked.keys(), ...noted.rejoined]);
      const reasons: Decision[] = [...new Set([...onChannels, ...masked])]
        .filter((id) => id !== blockedBy)
        .map((id) => permit({ id: `detectors/${id}`, text: `masked ${id}` }));
      if (blockedBy !== undefined) reasons.push(deny({ id: `detectors/${blockedBy}`, text: `withheld the answer from ${blockedBy} on` }));
      const texts = [...channels].map(([name, { log }]) => log.passage(name));
      const passages = [...texts, ...values];
      if (allowed !== undefined) for (const { text } of passages) reasons.push(...allowed.matches(text, "model").map(({ detector }) => allowedBy(detector)));
      const shown = [...texts.filter(({ at }) => !unseen(at)), ...values];
      reasons.push(...(said?.decisions(shown) ?? []));
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
