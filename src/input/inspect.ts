import {
  allowedBy,
  ask,
  type Decision,
  type Detector,
  deny,
  type Finding,
  type FindingKind,
  type InputLayer,
  type Inspection,
  type Judge,
  join,
  labelOfAll,
  NEUTRAL,
  type Passage,
  permit,
  type Request,
  type Scanner,
  type Veils,
} from "../core/index.ts";
import { finder, SLICE } from "./find.ts";
import { withHidden } from "./hidden.ts";
import { remembered, rememberedTogether } from "./remembered.ts";
import { seams } from "./seams.ts";
import { type Second, secondOpinion } from "./second.ts";
import { type Found, memberPath, textsOf } from "./texts.ts";

/** What something found on the way in leads to. `report`: it is in the record, and the permission rules see the labels anyway. */
export const INPUT_ACTIONS = ["report", "ask", "deny"] as const;
export type InputAction = (typeof INPUT_ACTIONS)[number];

export interface InputOptions {
  readonly detectors: readonly Detector[];
  /** Prepares a list of detectors (`detectors/scan.ts`). */
  readonly scanner: (detectors: readonly Detector[]) => Scanner;
  /** What judges a text as a whole: a classifier. */
  readonly judges?: readonly Judge[];
  /** Kinds that are not named are reported. */
  readonly actions?: { readonly [kind in FindingKind]?: InputAction };
  /** What single detectors lead to instead of what their kind does: an operator's own rules may say so. */
  readonly own?: ReadonlyMap<string, InputAction>;
  /** Finds what was let go although a detector finds it: the record says so. */
  readonly allowed?: readonly Detector[];
  /** The most UTF-16 code units of text in one request; more is refused, never cut or skipped. */
  readonly limits: { readonly text: number };
  /** What a model's provider does not get to see. Absent: it sees everything. */
  readonly veils?: Veils | undefined;
  /** A larger model that is asked where the judges are unsure. */
  readonly second?: Second | undefined;
  /** Lets others run between two slices of a long text. */
  readonly pause?: () => Promise<void>;
}

/**
 * Layer 1. Up to 8 KB of text it answers at once; longer text is read in slices, so that nobody waits for it. It finds and labels; what
 * it decides can only tighten.
 */
export function inputLayer(options: InputOptions): InputLayer {
  const layer = firstLook(options);
  const { second, judges = [], pause = TURN } = options;
  if (second === undefined) return layer;
  const hear = secondOpinion(second, judges);
  return {
    async inspect(request, signal) {
      const first = await layer.inspect(request, signal);
      const texts = textsOf(request);
      // What was refused unread is not read now.
      if (texts === undefined || texts.length !== first.passages.length) return first;
      const named = first.passages.map(({ findings }) => findings);
      const { findings, missing } = await hear(texts, named, async () => {
        await pause();
        signal.throwIfAborted();
      });
      let decision = missing === undefined ? first.decision : join(first.decision, missing);
      for (const [index, more] of findings) decision = join(decision, decisionOn(texts[index] as Found, more, options));
      const passages = first.passages.map((passage, index) => ({ ...passage, findings: withHidden(passage.findings, findings.get(index) ?? []) }));
      return { ...first, decision, passages };
    },
  };
}

/** Lets whoever waits have a turn. */
const TURN = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the detectors and judges say, without asking anybody else. */
function firstLook(options: InputOptions): InputLayer {
  const { limits, pause = TURN } = options;
  const find = remembered(finder(options.detectors, options.scanner, options.judges));
  const letGo = options.allowed === undefined || options.allowed.length === 0 ? undefined : finder(options.allowed, options.scanner);
  const together = rememberedTogether(find.now);
  const acrossSeams = seams(find.words);

  return {
    inspect(request, signal) {
      const label = labelOfAll(request.content);
      const texts = textsOf(request);
      if (texts === undefined) return refused(label, { id: "input/too-deep", text: "a value of the request is nested too deep" });
      const length = texts.reduce((sum, { text }) => sum + text.length, 0);
      if (length > limits.text) return refused(label, { id: "input/too-long", text: `the request holds more than ${limits.text} characters of text` });

      const concluded = (findings: readonly Finding[][], allowed: readonly (readonly Finding[])[]): Inspection => {
        const telling = new Set(
          texts.flatMap(({ at, text }, index) => (at.endsWith(`/${NAME}`) && (findings[index]?.length ?? 0) > 0 ? [memberPath(text)] : [])),
        );
        const placed = (at: string): string =>
          telling.size === 0
            ? at
            : at
                .split("/")
                .map((part) => (telling.has(part) ? NAME : part))
                .join("/");
        const bare = texts.map(({ at, text }, index): Passage => ({ at: placed(at), text, findings: findings[index] ?? [] }));
        const passages = options.veils === undefined ? bare : withStandIns(request, bare, options.veils);
        if (passages === undefined) return refused(label, { id: "input/too-many-values", text: "the request holds too many values that no provider may see" });
        const decision = texts.reduce((all, found, index) => join(all, decisionOn(found, findings[index] ?? [], options)), NEUTRAL);
        const noted = new Set(allowed.flatMap((list) => list.map(({ detector }) => detector)));
        return { decision: [...noted].map(allowedBy).reduce(join, decision), label, passages };
      };
      const joined = (findings: readonly Finding[][], across: ReadonlyMap<number, readonly Finding[]>): Finding[][] =>
        findings.map((own, index) => withHidden(own, across.get(index) ?? []));
      if (length <= SLICE) return concluded([...acrossSeams(texts)].reduce(joined, together(texts)), letGo === undefined ? [] : texts.map(letGo.now));
      return (async () => {
        const findings: Finding[][] = [];
        const allowed: Finding[][] = [];
        let since = 0;
        const rest = async (): Promise<void> => {
          since = 0;
          await pause();
          signal.throwIfAborted();
        };
        for (const found of texts) {
          findings.push(found.text.length <= SLICE ? find.now(found) : await find.slowly(found, rest));
          if (letGo !== undefined) allowed.push(found.text.length <= SLICE ? letGo.now(found) : await letGo.slowly(found, rest));
          since += found.text.length + OVERHEAD;
          if (since > SLICE) await rest();
        }
        // One group of neighbours after the other: only the texts of the group gain anything.
        for (const across of acrossSeams(texts)) {
          for (const [index, more] of across) findings[index] = withHidden(findings[index] ?? [], more);
          await rest();
        }
        // Over thousands of texts this, and what the others do with its answer, are turns of their own.
        await rest();
        const inspection = concluded(findings, allowed);
        await rest();
        return inspection;
      })();
    },
  };
}

/** What the session has stand-ins for is named wherever it stands, so that the log masks it also where no detector would know it. */
function withStandIns(request: Request, passages: readonly Passage[], veils: Veils): readonly Passage[] | undefined {
  const hides = request.action.type === "model.call";
  const veil = hides ? veils.over(request, passages) : veils.known(request.principal);
  if (veil === undefined) return hides ? undefined : passages;
  return passages.map((passage) => ({ ...passage, findings: withHidden(passage.findings, veil.find(passage.text)) }));
}

/** Stands in a path for the name of a member in which something was found: paths are recorded as they are. */
const NAME = "~";

/** What a text costs beside its length, in code units: many short ones must not add up to a stall. */
const OVERHEAD = 64;

function refused(label: Inspection["label"], reason: { id: string; text: string }): Inspection {
  return { decision: deny(reason), label, passages: [] };
}

function decisionOn({ source, label }: Found, findings: readonly Finding[], { actions = {}, own }: Pick<InputOptions, "actions" | "own">): Decision {
  let decision = NEUTRAL;
  for (const { detector, kind } of findings) {
    // The operator's own words are orders to the model: that is what they are for.
    if (kind === "injection" && source === "system") continue;
    const reason = { id: `detectors/${detector}`, text: `found ${detector} in ${source} content` };
    const action = own?.get(detector) ?? actions[kind] ?? "report";
    if (action === "deny") decision = join(decision, deny(reason));
    else if (action === "ask") decision = join(decision, ask(reason));
    else if (kind === "injection" && label.integrity === "untrusted") decision = join(decision, permit({ ...reason, would: "ask" }));
  }
  return decision;
}
