/** What every codec must keep, run by each codec's own test with answers of its own dialect. Not part of the product. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import type { Asked, Codec, Misread, Propose } from "../../src/codecs/codec.ts";
import { isMisread } from "../../src/codecs/shape.ts";
import { type Decision, deny, permit } from "../../src/core/decision.ts";
import { HoldfastError } from "../../src/core/errors.ts";
import { canonicalJson, type Json, parseJsonText } from "../../src/core/json.ts";
import type { Part, Released } from "../../src/core/layers.ts";
import type { Request } from "../../src/core/request.ts";

export interface Event {
  readonly event?: string;
  readonly data: string;
}

/** One answer, said in one piece and as a stream. */
export interface Sample {
  readonly whole: Json;
  readonly events: readonly Event[];
}

export const YES = permit({ id: "roles/test", text: "the role permits it" });
export const NO = deny({ id: "rules/big-payment", text: "the rule denies it" });

export const propose: Propose = ({ id, name, args }): Request => ({
  id: `request-${id}`,
  principal: { agent: "test" },
  action: { type: "tool.call", tool: name, args },
  content: [],
  context: { time: 0, surface: "test" },
});

/** What is understood, or a failed test. */
export function understood<T extends object>(result: T | Misread): T {
  assert.ok(!isMisread(result), `misread: ${JSON.stringify(result)}`);
  return result as T;
}

/** Releases parts unfiltered; `decide` answers for each call. */
export function released(parts: readonly Part[], decide: (request: Request) => Decision = () => YES): Released[] {
  return parts.map((part) =>
    part.type === "calls" ? { type: "calls", channel: part.channel, calls: part.requests.map((request) => ({ request, decision: decide(request) })) } : part,
  );
}

export function streamed(codec: Codec, asked: Asked, events: readonly Event[]): Part[] {
  const reader = codec.readStream(asked, propose);
  const parts = events.flatMap(({ data, event }) => reader.push(data, event));
  return [...parts, ...reader.end()];
}

/** The bytes of a stream, read as any SSE client reads them, however they are cut. */
export function eventsOf(bytes: Uint8Array, cuts: readonly number[] = []): Event[] {
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ data, event }) => events.push(event === undefined ? { data } : { data, event }) });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    parser.feed(decoder.decode(bytes.subarray(from, cut), { stream: true }));
    from = cut;
  }
  return events;
}

export function written(codec: Codec, asked: Asked, parts: readonly Released[]): string {
  const writer = codec.writeStream(asked);
  return parts.map((part) => writer.push(part)).join("") + writer.finish();
}

export function writtenWhole(codec: Codec, asked: Asked, parts: readonly Released[]): Json {
  const writer = codec.writeWhole(asked);
  for (const part of parts) writer.push(part);
  return writer.finish();
}

/** What was said, wherever it was cut: text by channel, then values, calls and framing. Ids and usage of the whole are looked at elsewhere. */
export function gist(parts: readonly Part[]): unknown {
  const texts: { [channel: string]: string } = {};
  const rest: string[] = [];
  for (const part of parts) {
    if (part.type === "text") texts[part.channel] = (texts[part.channel] ?? "") + part.text;
    else if (part.type === "end") texts[part.channel] = `${texts[part.channel] ?? ""}\u0000end`;
    else if (part.type === "value") rest.push(`${part.channel} ${canonicalJson(part.value)}`);
    else if (part.type === "calls")
      rest.push(`${part.channel} ${canonicalJson(part.requests.map(({ id, action }) => ({ id, tool: action.tool ?? "", args: action.args ?? {} })))}`);
    else {
      const mark = part.mark as { readonly kind: string };
      if (mark.kind !== "start" && mark.kind !== "usage") rest.push(JSON.stringify(mark));
    }
  }
  return { texts: Object.entries(texts).sort(), rest: rest.sort() };
}

export function conforms(codec: Codec, request: Json, samples: fc.Arbitrary<Sample>, garbage: fc.Arbitrary<Event>): void {
  const asked = understood(codec.readRequest(request));
  const cuts = fc.array(fc.nat(), { maxLength: 12 });

  it("an answer means the same whole and streamed, however it is cut", () => {
    fc.assert(
      fc.property(samples, cuts, ({ whole, events }, places) => {
        const bytes = new TextEncoder().encode(events.map(({ event, data }) => `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`).join(""));
        const one = understood(codec.readWhole(whole, asked, propose)).parts;
        assert.deepEqual(gist(streamed(codec, asked, eventsOf(bytes, places))), gist(one));
      }),
      { numRuns: 500 },
    );
  });

  it("what is read and written undisturbed is read again as the same, whole and streamed", () => {
    fc.assert(
      fc.property(samples, cuts, ({ whole, events }, places) => {
        const { parts } = understood(codec.readWhole(whole, asked, propose));
        const again = understood(codec.readWhole(writtenWhole(codec, asked, released(parts)), asked, propose));
        assert.deepEqual(gist(again.parts), gist(parts));
        const bytes = new TextEncoder().encode(written(codec, asked, released(streamed(codec, asked, events))));
        assert.deepEqual(gist(streamed(codec, asked, eventsOf(bytes, places))), gist(parts));
      }),
      { numRuns: 500 },
    );
  });

  it("a call that was not permitted is not in the answer, and a permitted one keeps its id and its arguments", () => {
    fc.assert(
      fc.property(samples, fc.func(fc.boolean()), ({ whole, events }, permitted) => {
        const decide = ({ id }: Request): Decision => (permitted(id) ? YES : NO);
        const { parts } = understood(codec.readWhole(whole, asked, propose));
        const all = parts.flatMap((part) => (part.type === "calls" ? part.requests : []));
        const kept = all.filter(({ id }) => permitted(id)).map(callOf);
        const direct = understood(codec.readWhole(writtenWhole(codec, asked, released(parts, decide)), asked, propose));
        const stream = written(codec, asked, released(streamed(codec, asked, events), decide));
        const said = streamed(codec, asked, eventsOf(new TextEncoder().encode(stream)));
        for (const back of [direct.parts, said])
          assert.deepEqual(back.flatMap((part) => (part.type === "calls" ? part.requests.map(callOf) : [])).sort(), [...kept].sort());
        for (const request of all)
          if (!permitted(request.id))
            assert.ok(stream.includes(`The call to ${request.action.tool} was not permitted: the rule denies it (rules/big-payment).`));
      }),
      { numRuns: 300 },
    );
  });

  it("garbage is refused as the upstream's fault, never a crash and never passed on", () => {
    const events = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: garbage },
        fc.string().map((data): Event => ({ data })),
        fc.json().map((data): Event => ({ data })),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(events, samples, fc.nat(), (wild, sample, at) => {
        const place = at % (sample.events.length + 1);
        const reader = codec.readStream(asked, propose);
        try {
          for (const { data, event } of [...sample.events.slice(0, place), ...wild, ...sample.events.slice(place)]) reader.push(data, event);
          reader.end();
        } catch (error) {
          assert.ok(error instanceof HoldfastError && error.code === "upstream-invalid", String(error));
        }
        for (const { data } of wild) {
          const parsed = parseJsonText(data);
          if (parsed.ok) codec.readWhole(parsed.value, asked, propose);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("a request of any shape is understood or refused, never a crash", () => {
    const base = JSON.stringify(request);
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue({ maxDepth: 3 }), (at, by) => {
        // One value somewhere in a good request becomes something else.
        let place = at % (base.match(/[:[,]/g)?.length ?? 1);
        const text = base.replace(/(?<=[:[,])("[^"\\]*"|-?\d+|true|false|null)(?=[,\]}])/g, (value) => (place-- === 0 ? JSON.stringify(by) : value));
        const result = codec.readRequest(JSON.parse(text) as Json);
        if (!isMisread(result)) result.forward("other");
        else assert.doesNotMatch(JSON.stringify(result), /undefined/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("a stream that ends early, or goes on after its end, is refused", () => {
    fc.assert(
      fc.property(samples, fc.nat(), ({ events }, at) => {
        const reader = codec.readStream(asked, propose);
        for (const { data, event } of events.slice(0, at % events.length)) reader.push(data, event);
        assert.throws(() => reader.end(), broken);
        const complete = codec.readStream(asked, propose);
        for (const { data, event } of events) complete.push(data, event);
        assert.throws(() => complete.push(events[0]?.data ?? "", events[0]?.event), broken);
      }),
    );
  });
}

export const broken = (error: unknown): boolean => error instanceof HoldfastError && error.code === "upstream-invalid";

const callOf = ({ id, action }: Request): string => `${id} ${action.tool} ${canonicalJson(action.args ?? {})}`;

/** Whatever a property made, as the data of an event. */
export function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? 1 : item)) ?? "null";
  } catch {
    return "{";
  }
}

/** Cuts text into pieces at code points, as a model's server does. */
export function pieces(text: string, lengths: readonly number[]): string[] {
  const points = [...text];
  const cut: string[] = [];
  for (let at = 0, i = 0; at < points.length; i++) {
    const length = 1 + ((lengths[i % Math.max(lengths.length, 1)] ?? 2) % 7);
    cut.push(points.slice(at, at + length).join(""));
    at += length;
  }
  return cut;
}

/** Text in several scripts, with what JSON and SSE treat specially. */
export const prose = fc.string({
  unit: fc.constantFrom(...'abc XYZ äöß€ñ😀👩‍👩‍👧 \n\r\t\u2028"\\{}[]:,data: \u0000\u001b'.split(/(?:)/u), "data: ", "[DONE]"),
  maxLength: 30,
});
export const toolNames = fc.constantFrom("send_mail", "get_order", "crm.update", "a");
export const toolArgs = fc
  .dictionary(
    fc.stringMatching(/^[a-z]{1,6}$/),
    fc.oneof(prose, fc.integer(), fc.boolean(), fc.constant(null), fc.array(prose, { maxLength: 3 }), fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), prose)),
    { maxKeys: 4 },
  )
  .filter((args) => parseJsonText(JSON.stringify(args)).ok)
  .map((args) => JSON.parse(JSON.stringify(args)) as { [key: string]: Json });
