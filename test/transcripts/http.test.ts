import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "./server.ts";
import { matchLine } from "./transcript.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

interface Exchange {
  readonly title: string;
  readonly line: number;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  readonly status: number;
  readonly expected: readonly (readonly [string, string])[];
  readonly answer: string;
}

for (const file of readdirSync(HERE).filter((name) => name.endsWith(".http"))) {
  test(`transcript ${file}`, { timeout: 60_000 }, async (t) => {
    const server = await startServer(t);
    const known: Record<string, string> = { key: server.key, operator: server.operator };
    for (const one of parse(readFileSync(`${HERE}${file}`, "utf8"))) {
      await t.test(`${one.title} (line ${one.line})`, async () => {
        const fill = (text: string): string => text.replace(/\[(\w+)\]/g, (all, name: string) => known[name] ?? all);
        const response = await fetch(server.url + fill(one.path), {
          method: one.method,
          headers: [
            ...one.headers.map(([name, value]): [string, string] => [name, fill(value)]),
            ...(one.body === undefined ? [] : [["content-type", "application/json"] as [string, string]]),
          ],
          ...(one.body === undefined ? {} : { body: fill(one.body) }),
        });
        const body = await response.text();
        assert.equal(response.status, one.status, body);
        const check = (pattern: string, found: string, what: string): void => {
          const captured = matchLine(fill(pattern), found);
          assert.ok(captured !== undefined, `${what}\n  expected: ${fill(pattern)}\n  found:    ${found}`);
          Object.assign(known, captured);
        };
        for (const [name, pattern] of one.expected) check(pattern, response.headers.get(name) ?? "(none)", name);
        check(one.answer, body, "the body");
      });
    }
  });
}

function parse(text: string): readonly Exchange[] {
  const starts = [...text.matchAll(/^## /gm)].map(({ index }) => index);
  return starts.map((start, i) => {
    const [title = "", ...lines] = text
      .slice(start, starts[i + 1])
      .trimEnd()
      .split("\n");
    const gap = lines.indexOf("");
    const [[first = "", ...asked], [status, ...answered]] = [lines.slice(0, gap), lines.slice(gap + 1)];
    const [method = "", path = ""] = first.split(" ");
    const json = (all: readonly string[]): string | undefined => all.find((line) => /^[{[]/.test(line));
    const headers = (all: readonly string[]) =>
      all.filter((line) => !/^[{[]/.test(line)).map((line): readonly [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
    return {
      title: title.slice(3),
      line: text.slice(0, start).split("\n").length,
      method,
      path,
      headers: headers(asked),
      body: json(asked),
      status: Number(status),
      expected: headers(answered),
      answer: json(answered) ?? "",
    };
  });
}
