import {
  type AnswerSink,
  allowedBy,
  type Decision,
  type Detector,
  deny,
  FINDING_KINDS,
  type Filter,
  type FindingKind,
  type Inspection,
  type Json,
  join,
  type Match,
  NEUTRAL,
  type OutputLayer,
  type Passage,
  permit,
  type Request,
  type Scanner,
  type SinkAction,
  type Veils,
} from "../core/index.ts";
import { type Actions, ARGUMENT_ACTIONS, actionOf, maskOf, type OutputAction, type OutputActions, obligedBy, TEXT_ACTIONS } from "./actions.ts";
import { type Act, type After, type Channel, openChannel } from "./channel.ts";
import { type Conduct, type ConductActions, conductOf } from "./conduct.ts";
import { inTurn, sinceUnseen } from "./in-turn.ts";
import { bare, ownNumbers } from "./own-numbers.ts";
import { type Logged, logged } from "./passage.ts";
import { openSaid, type Said, type SaidOptions, SPOKEN } from "./said.ts";
import type { Form } from "./schema/form.ts";
import { misfitting } from "./schema/structured.ts";
import { sinkNotes } from "./sinks/answer.ts";
import { filterValue } from "./value.ts";
import { onRecord, openWhole, type Question, type Whole } from "./whole/whole.ts";

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
  readonly said?: Omit<SaidOptions, "marks" | "conduct">;
  /** What an answer should not say (`detectors/conduct.ts`), and what happens where it does. */
  readonly conduct?: { readonly detectors: readonly Detector[]; readonly actions: ConductActions };
  /** What is asked about each text of an answer once all of it is there, in this order. */
  readonly whole?: (request: Request) => readonly Question[];
  /** What is declared of a tool's result: one that has another form is withheld, or told of. */
  readonly results?: (request: Request) => { readonly form: Form; readonly enforce: boolean } | undefined;
  /** Where the words of an answer go, and what happens to what that place would act upon. */
  readonly sink?: (request: Request) => { readonly kind: AnswerSink; readonly action: SinkAction } | undefined;
  /** The arguments of a call as their sinks want them, as far as that can be. */
  readonly written?: (call: Request, args: Json) => Json;
  /** True for a channel that no reader gets to see: what is found there is recorded, and tells nobody the prompt. */
  readonly unseen?: (channel: string) => boolean;
}

/** Layer 4. Preparing it compiles the detectors; opening a filter costs next to nothing. */
export function outputLayer(options: OutputOptions): OutputLayer {
  const texts: Omit<Actions, "obliged"> = { kinds: { ...TEXT_ACTIONS, ...options.text }, own: options.own?.text ?? new Map() };
  const args: Omit<Actions, "obliged"> = { kinds: { ...ARGUMENT_ACTIONS, ...options.arguments }, own: options.own?.arguments ?? new Map() };
  const allowed = options.allowed === undefined || options.allowed.length === 0 ? undefined : options.scanner(options.allowed);
  const conduct: Conduct | undefined = options.conduct && conductOf(options.conduct.detectors, options.conduct.actions, options.scanner);
  const marks = options.marks === undefined && conduct === undefined ? undefined : [...(options.marks ?? []), ...(conduct?.holding ?? [])];
  const saying: SaidOptions | undefined = marks === undefined ? undefined : { ...options.said, marks: options.scanner(marks) };
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
      const spoken = SPOKEN.has(request.action.type);
      const speech = spoken ? conduct?.open() : undefined;
      const said = saying === undefined ? undefined : openSaid({ ...saying, conduct: speech }, request, inspection);
      const questions = spoken ? [...(speech?.question === undefined ? [] : [speech.question]), ...(options.whole?.(request) ?? [])] : [];
      return openFilter({
        all: () => options.scanner(options.detectors),
        sides: sides(actions.text),
        actions,
        allowed,
        veils: options.veils,
        request,
        inspection,
        unseen,
        questions,
        result: options.results?.(request),
        sink: spoken ? options.sink?.(request) : undefined,
        written: options.written,
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
  readonly questions: readonly Question[];
  readonly result: { readonly form: Form; readonly enforce: boolean } | undefined;
  readonly sink: ReturnType<NonNullable<OutputOptions["sink"]>>;
  readonly written: OutputOptions["written"];
}

/** What a reader gets to see as the answer; what was thought, and why something was refused, is no part of it. */
const ANSWER = /^text\//;

function openFilter({ all, sides, actions, allowed, veils, request, inspection, unseen, questions, result, sink, written, said }: FilterOptions): Filter {
  const channels = new Map<string, { channel: Channel; log: Logged; noted: Noted; whole: Whole | undefined }>();
  const acted = sinkNotes();
  const misfits: Decision[] = [];
  const values: Passage[] = [];
  const masked = new Set<string>();
  /** The detector whose find ended the answer; what ended it otherwise says so itself. */
  let blockedBy: string | undefined;
  let own: ReadonlySet<string> | undefined;
  let count = 0;

  const block = (): void => {
    filter.blocked = true;
  };
  const second = (): Channel | undefined => said?.open(block);
  const channelOf = (name: string): { readonly channel: Channel; readonly whole: Whole | undefined } => {
    const known = channels.get(name);
    if (known !== undefined) return known;
    const log = logged(sides);
    const noted: Noted = { masked: new Map(), rejoined: new Set() };
    const act = (match: Match, note: (detector: string) => void): Act => {
      const { detector } = match;
      if (actionOf(actions.text, match) !== "block") {
        note(detector);
        return { by: maskOf(match) };
      }
      block();
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
    const ended = (): boolean => filter.blocked;
    const found = inTurn(
      sides.plain ? sinceUnseen(first, again, ended) : inTurn(first, again({ left: 0, text: "" }), ended),
      unseen(name) ? undefined : second(),
      ended,
    );
    // Last of all, so that nothing is put in behind it.
    const channel = inTurn(found, sink === undefined || !ANSWER.test(name) ? undefined : acted.open(sink, block), ended);
    const whole = questions.length === 0 || !ANSWER.test(name) ? undefined : openWhole(questions, block);
    const made = { channel, log, noted, whole };
    channels.set(name, made);
    return made;
  };

  const filter: Writable<Filter> = {
    blocked: false,
    text(name, text) {
      if (filter.blocked) return "";
      const { channel, whole } = channelOf(name);
      const out = channel.push(text);
      return whole === undefined ? out : whole.push(out);
    },
    end(name) {
      if (filter.blocked) return "";
      const { channel, whole } = channelOf(name);
      const out = channel.end();
      if (whole === undefined) return out;
      const last = whole.push(out);
      // Of an answer that ended before its end nothing is a whole: what was held stays here.
      if (filter.blocked) return last;
      const held = whole.end();
      return typeof held === "string" ? last + held : held.then((text) => last + text);
    },
    value(value, what, of) {
      if (filter.blocked) return null;
      const misfit = what === "result" && result !== undefined ? misfitting(result.form, value) : undefined;
      if (misfit !== undefined) {
        misfits.push(result?.enforce === true ? misfit : onRecord(misfit));
        if (result?.enforce === true) {
          block();
          return null;
        }
      }
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
        block();
        blockedBy ??= filtered.blocked.detector;
      }
      if (filter.blocked) return null;
      return what === "arguments" && of !== undefined && written !== undefined ? written(of, filtered.value) : filtered.value;
    },
    verdict() {
      const onChannels = [...channels.values()].flatMap(({ noted }) => [...noted.masked.keys(), ...noted.rejoined]);
      const reasons: Decision[] = [...new Set([...onChannels, ...masked])]
        .filter((id) => id !== blockedBy)
        .map((id) => permit({ id: `detectors/${id}`, text: `masked ${id}` }));
      if (blockedBy !== undefined) reasons.push(deny({ id: `detectors/${blockedBy}`, text: `withheld the answer from ${blockedBy} on` }));
      reasons.push(...acted.decisions(), ...misfits, ...[...channels.values()].flatMap(({ whole }) => (whole === undefined ? [] : [whole.decision])));
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
  return filter;
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };
