import { hash, randomBytes } from "node:crypto";
import type { Content } from "../core/content.ts";
import { type Json, stringsOf } from "../core/json.ts";
import { atLeast, type Label } from "../core/label.ts";
import type { Principal } from "../core/request.ts";
import { createTraces, LASTS_MS, NOTHING, RESTRICTED, SENSITIVE, type Traces, UNTRUSTED, WRITTEN } from "./flow/traces.ts";
import { copyOf, type Histories, isSpotless, type State } from "./histories.ts";
import { apart, chain, digestOf, type Foreign, nothingSaid, type Step } from "./said.ts";

/**
 * Which conversation a model call goes on, where everything that the model will read stands in the request. It is told by what is said, never by
 * what a client declares: a chain of hashes over the messages, kept for the key. INVARIANT: a conversation has a past of its own only where it
 * is surely known: it goes on from one that is, and every answer in it is ours; or it begins here, and no answer stands in it. Else it has the
 * past of the whole key, and keeps it ([decision 38](../../docs/decisions/0038-a-conversation-is-known-by-its-words.md)).
 */
export interface Conversations {
  /**
   * Takes a request in: its labelled contents, of which so many are the conversation as the client sent it; the others are looked at each time.
   * `idle`: how long a conversation lasts in which nothing is done.
   */
  turn(principal: Principal, contents: readonly Content[], said: number, now: number, idle: number): Turn;
  /**
   * Told that a turn is being answered. `echoes` says how the client may send back what has left of it; it is asked when it has to be known, for a
   * client may be quicker than we are. What is returned is called once the answer is complete.
   */
  answering(principal: Principal, id: string, echoes: Echoes, idle: number): (now: number) => void;
}

export type Echoes = () => readonly (readonly Content[])[];

export interface Turn {
  /** Names the conversation up to here, for its past. */
  readonly id: string;
  /** The same contents, with what others wrote taken out of the user's words: it is there still, and not the user's. */
  read(content: readonly Content[]): readonly Content[];
}

interface Node {
  readonly own: State;
  /** The rules that waited when it was first asked for. */
  readonly armed: readonly string[];
  /** The digests of our answers to exactly this. */
  readonly answers: Set<string>;
  /** Of those that are not complete. */
  readonly open: Set<Echoes>;
  /** What in the user's messages is not the user's: by the index of the content. */
  readonly foreign: readonly Foreign[];
}
interface Kept {
  used: number;
  readonly nodes: Map<string, Node>;
  /** The digests of system prompts in which nothing of others stood when they came: what repeats them later is theirs. */
  readonly prompts: Set<string>;
  traces: Traces;
  /** What is being answered. */
  readonly open: Map<Echoes, Answering>;
}
interface Answering {
  readonly own: State;
  /** What of the answer has left its traces, text by text. */
  traced: readonly string[];
}

/** Turns that are remembered of one key, and of all. What is forgotten is not known, and so has the key's whole past. */
const MOST_OF_KEY = 5_000;
const MOST = 50_000;
/** Characters that are looked at where they are new: that much costs some ten milliseconds. */
const MOST_NEW = 1 << 18;
/** So much in front of what is new is looked at with it: words and sentences that go on. Once it is complete, an answer is looked at whole. */
const OVERLAP = 1_000;
/** System prompts that are remembered of one key. */
const MOST_PROMPTS = 1_000;
/** Places of all keys' traces together: five bytes each. */
const MOST_PLACES = 1 << 24;

export function createConversations(histories: Histories, most = { ofKey: MOST_OF_KEY, all: MOST, places: MOST_PLACES }): Conversations {
  // In the order of their last use.
  const keys = new Map<string, Kept>();
  const secret = randomBytes(16).toString("base64");
  const seed = randomBytes(4).readInt32LE();
  let [size, places] = [0, 0];

  /** Of the key that was used longest ago: what is over goes. */
  function sweep(now: number): void {
    for (const [key, least] of keys) {
      if (now - least.used <= 2 * LASTS_MS) return;
      places -= least.traces.places;
      least.traces = createTraces(seed);
      places += least.traces.places;
      for (const [id, { own }] of least.nodes) if (now > own.over) drop(least, id);
      if (least.nodes.size > 0) return;
      keys.delete(key);
      places -= least.traces.places;
    }
  }
  function keptFor(principal: Principal, now: number): Kept {
    sweep(now);
    const key = keyOf(principal);
    const kept = keys.get(key) ?? {
      used: now,
      nodes: new Map<string, Node>(),
      prompts: new Set<string>(),
      traces: createTraces(seed),
      open: new Map<Echoes, Answering>(),
    };
    kept.used = now;
    if (!keys.has(key)) places += kept.traces.places;
    keys.delete(key);
    keys.set(key, kept);
    return kept;
  }
  function drop({ nodes }: Kept, id: string): void {
    if (nodes.delete(id)) size--;
    histories.own.delete(id);
  }
  function keep(kept: Kept, id: string, node: Node): void {
    drop(kept, id);
    kept.nodes.set(id, node);
    histories.own.set(id, node.own);
    size++;
    if (kept.nodes.size > most.ofKey) drop(kept, oldest(kept.nodes));
    if (size <= most.all) return;
    for (const least of keys.values()) {
      if (least.nodes.size === 0) continue;
      drop(least, oldest(least.nodes));
      return;
    }
  }
  /** Does something with a key's traces; where all traces together take too much room, the key used longest ago has none. */
  function tracing<T>({ traces }: Kept, now: number, work: (traces: Traces) => T): T {
    places -= traces.places;
    const done = work(traces);
    places += traces.places;
    for (const { traces: other } of keys.values()) {
      if (places <= most.places) break;
      places -= other.places;
      other.forget(now);
      places += other.places;
    }
    return done;
  }

  return {
    turn(principal, contents, said, now, idle) {
      const kept = keptFor(principal, now);
      const steps = chain(`${secret}\n${keyOf(principal)}`, contents.slice(0, said));
      let known = -1;
      for (let at = steps.length - 1; at >= 0 && known < 0; at--) {
        const node = kept.nodes.get((steps[at] as Step).id);
        if (node !== undefined && now <= node.own.over) known = at;
      }
      const from = known < 0 ? undefined : kept.nodes.get((steps[known] as Step).id);
      const last = steps.at(-1);
      const id = last?.id ?? nothingSaid(`${secret}\n${keyOf(principal)}`);
      const later = steps.slice(known + 1);
      // What has left of an answer can be sent back, or elsewhere, before the answer is complete.
      for (const [echoes, answering] of kept.open) traceAnswer(kept, echoes, answering, now);
      // The same again: a client that tries anew, or asks for another answer.
      const isAgain = from !== undefined && later.length === 0;
      const own = isAgain ? from.own : copyOf(from?.own, now + idle);
      own.over = now + idle;
      // ATTACK: an answer in which the rule's end comes, and then another answer to the same, in which it does not.
      if (isAgain && from.answers.size + from.open.size > 0) {
        own.again = true;
        own.armed = [...new Set([...own.armed, ...from.armed])];
      }
      const isSure = from === undefined ? !later.some(({ answer }) => answer !== undefined) && kept.traces.complete(now) : isGoneOn(from, later);
      if (!isSure) histories.joinAll(own, principal, now);
      const foreign = [...(from?.foreign ?? [])];
      const isClean = kept.traces.empty && kept.traces.complete(now);
      let room = MOST_NEW;
      const settings = contents.slice(said).map((content, at) => ({ index: said + at, content }));
      for (const { index, content } of [...later.flatMap(({ items }) => items), ...settings]) {
        if (content.source.kind === "model" || content.source.kind === "definition") continue;
        const text = textOf(content);
        room -= text.length;
        if (room < 0) {
          // What is not looked at could be anything that was ever read, and leaves nothing to be compared with.
          kept.traces.miss(now);
          histories.joinAll(own, principal, now);
          if (TOLD.has(content.source.kind) && !isClean) foreign.push({ index, spans: [[0, text.length]], marks: WRITTEN });
          continue;
        }
        const marks = marksOf(content.label);
        const prompt = content.source.kind === "system" ? hash("sha256", text, "base64") : undefined;
        // ATTACK: a mail repeats the system prompt, so that from then on the operator's words are nobody's.
        const isKnown = prompt !== undefined && kept.prompts.has(prompt);
        const { marks: found, spans } = isKnown ? NOTHING : tracing(kept, now, (traces) => traces.find(text, now));
        if (found === 0 && prompt !== undefined && kept.traces.complete(now)) keepPrompt(kept, prompt);
        const more = found & ~marks;
        // A message in which a piece of another conversation stands may be all that is left of it: what else was in that, nobody can exclude.
        if (more & WRITTEN || (found !== 0 && TOLD.has(content.source.kind))) histories.joinAll(own, principal, now);
        own.untrusted ||= ((found | marks) & UNTRUSTED) !== 0;
        own.exposed ||= ((found | marks) & UNTRUSTED) !== 0;
        own.sensitive ||= ((found | marks) & SENSITIVE) !== 0;
        // A text that is told is the user's word, or the operator's, by its place alone; one that stands in what others said, is theirs.
        if (TOLD.has(content.source.kind) && found & ~SENSITIVE) foreign.push({ index, spans, marks: found });
        else if (more & RESTRICTED) foreign.push({ index, spans: [[0, text.length]], marks: RESTRICTED });
        if (marks !== 0) tracing(kept, now, (traces) => traces.add(text, marks, now));
      }
      if (!isAgain) keep(kept, id, { own, armed: own.armed, answers: new Set(), open: new Set(), foreign });
      return { id, read: (content) => apart(content, foreign) };
    },
    answering(principal, id, echoes, idle) {
      const kept = keys.get(keyOf(principal));
      const node = kept?.nodes.get(id);
      if (kept === undefined || node === undefined) return () => {};
      node.open.add(echoes);
      kept.open.set(echoes, { own: node.own, traced: [] });
      return (now) => {
        kept.open.delete(echoes);
        node.open.delete(echoes);
        const answers = echoes();
        // What the provider's own tools brought stands between the words of the model.
        const past = answers.flat().some(({ source }) => source.kind !== "model") ? histories.of(principal, now, idle, id) : undefined;
        if (past !== undefined) past.exposed = true;
        for (const answer of answers) if (answer.length > 0) node.answers.add(digestOf(answer));
        traceAnswer(kept, () => answers, { own: node.own, traced: [] }, now);
      };
    },
  };

  /** ATTACK: whoever has hundreds of long answers open must not make each next turn read all of them again. So only what is new in them is looked at. */
  function traceAnswer(kept: Kept, echoes: Echoes, answering: Answering, now: number): void {
    if (isSpotless(answering.own)) return;
    const before = answering.traced;
    answering.traced = echoes().flat().map(textOf);
    for (const [at, text] of answering.traced.entries()) {
      const known = before[at];
      if (known === text) continue;
      const from = known !== undefined && text.startsWith(known) ? Math.max(0, known.length - OVERLAP) : 0;
      tracing(kept, now, (traces) => traces.add(text.slice(from), WRITTEN, now));
    }
  }
}

/** Only our own answer may stand next, and only once: what comes behind it, its request would have told. */
function isGoneOn({ answers, open }: Node, later: readonly Step[]): boolean {
  const said = later.flatMap(({ answer }) => answer ?? []);
  if (said.length === 0) return true;
  if (said.length > 1 || later[0]?.answer === undefined) return false;
  const [digest] = said as [string];
  return answers.has(digest) || [...open].some((echoes) => echoes().some((answer) => digestOf(answer) === digest));
}

function keepPrompt({ prompts }: Kept, digest: string): void {
  prompts.delete(digest);
  prompts.add(digest);
  if (prompts.size > MOST_PROMPTS) prompts.delete(prompts.values().next().value as string);
}

/** Who is quoted by whoever runs the agent; what tools, pages and documents say again, they say themselves. */
const TOLD = new Set(["system", "user"]);

const keyOf = ({ agent, capability = "" }: Principal): string => `${agent}\n${capability}`;
const oldest = (map: ReadonlyMap<string, unknown>): string => map.keys().next().value as string;
const marksOf = (label: Label): number =>
  (atLeast(label, "internal") ? 0 : UNTRUSTED) | (label.categories.length > 0 ? SENSITIVE : 0) | (label.readers === "public" ? 0 : RESTRICTED);
const textOf = ({ text, value }: Content): string => text ?? stringsOf(value as Json).join("\n");
