import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { ARGUMENT_SINKS } from "../../core/index.ts";
import { escapedArguments, faultsIn, LONGEST_ARGUMENTS } from "./arguments.ts";
import { SINKS } from "./index.ts";
import { statementOf } from "./sql.ts";
import { escapedForShell, escapedForSql, foundInShell, foundInSql } from "./values.ts";

const SIGNS = [..."'\"`;-/*#$()<>|&!~%=+,.:?[]{}^ \t\n\r\\a0ü😀", "\u0001", "--", "/*", "*/", "''", "OR 1=1", "DROP TABLE t", "rm -rf /", "$(id)", "%s", "é"];
const values = fc.array(fc.constantFrom(...SIGNS), { maxLength: 12 }).map((parts) => parts.join(""));

/** A database and a statement into which a tool puts a value between quotes. */
const database = new DatabaseSync(":memory:");
database.exec("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept')");
const stored = (value: string): unknown => Object.values(database.prepare(`SELECT '${value}' AS v WHERE (SELECT count(*) FROM t) = 1`).get() ?? {})[0];

test("what is escaped for a statement comes out of a real database as the text that went in, and does nothing there", () => {
  verifies("O-11");
  fc.assert(
    fc.property(values, (value) => {
      const safe = escapedForSql(value);
      if (/[\\\0]/.test(value)) return assert.equal(safe, undefined);
      assert.ok(safe !== undefined);
      assert.equal(escapedForSql(safe), safe);
      // Quotes that stand in pairs already are taken to be written for a statement.
      assert.equal(stored(safe), safe === value ? value.replaceAll("''", "'") : value);
    }),
    { numRuns: 2_000 },
  );
});

test("what is not found in a value for a statement is that text in a real database, between quotes as well as as a number", () => {
  verifies("O-11");
  fc.assert(
    fc.property(values, (value) => {
      fc.pre(foundInSql(value) === undefined);
      assert.equal(stored(value), value);
    }),
    { numRuns: 2_000 },
  );
  for (const value of ["1 OR 1=1; --", "1; DROP TABLE t", "x' OR 'a'='a", "x\\' OR 1=1 #", "a/**/b", 'x" OR ""="'])
    assert.equal(foundInSql(value), "statement", value);
});

/** What a real shell makes of a word: how many arguments arrive, and the bytes of each. */
function arrived(words: readonly string[]): readonly string[] {
  // Each word stands in a command of its own line as a tool would put it there; the shell counts and prints its arguments.
  const script = words.map((word) => `count ${word}`).join("\n");
  const { stdout, status } = spawnSync("sh", ["-f", "-c", `count() { printf '%s:%s\\036' "$#" "$1"; }\n${script}`], {
    env: { PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
  assert.equal(status, 0);
  return stdout.split("\u001e").slice(0, -1);
}

test("what is escaped for a shell arrives in a real one as one word, byte for byte", () => {
  verifies("O-11");
  const tried = [
    ...fc.sample(values, { numRuns: 1_500, seed: 1 }),
    "",
    "it's",
    "'",
    "''",
    "\n",
    "-rf",
    "$(touch x)",
    "`id`",
    "a b",
    "~",
    "*",
    "'a'\\''b'",
    "'a' b",
    "'a';id",
  ];
  const safe = tried.map((value) => [value, escapedForShell(value)] as const);
  for (const [value, word] of safe) {
    assert.equal(word === undefined, value.startsWith("-") || /^'-[^']*'(?:\\''[^']*')*$/.test(value), value);
    if (word !== undefined) assert.equal(escapedForShell(word), word);
  }
  const given = safe.filter((one): one is readonly [string, string] => one[1] !== undefined);
  const words = arrived(given.map(([, word]) => word));
  given.forEach(([value, word], at) => {
    // One that is a whole quoted word already stays, and is what it says.
    const meant = word === value && value.startsWith("'") ? value.slice(1, -1).replaceAll("'\\''", "'") : value;
    assert.equal(words[at], `1:${meant}`, value);
  });
});

test("what is not found in a value for a command is one word of a real shell", () => {
  verifies("O-11");
  const plain = fc.sample(values, { numRuns: 3_000, seed: 2 }).filter((value) => foundInShell(value) === undefined);
  assert.ok(plain.length > 20);
  assert.deepEqual(
    arrived(plain),
    plain.map((value) => `1:${value}`),
  );
});

const DOES: { readonly [expected: string]: readonly string[] } = {
  read: [
    "SELECT 1",
    "select * from users where name = 'a; drop table users --'",
    "WITH a AS (SELECT 1) SELECT count(*) FROM a",
    "SELECT replace(name, 'a', 'b') FROM t;",
    "VALUES (1), (2)",
    'SELECT "update" FROM t WHERE id = $1 AND n = :name AND m = ?',
    "SELECT a / b, c::text FROM t ORDER BY 1 LIMIT 5",
    "SELECT cast(a AS decimal(10, 2)) FROM t WHERE b IN (1, 2) AND EXISTS (SELECT 1)",
  ],
  write: [
    "INSERT INTO t (a, b) VALUES (1, 2)",
    "UPDATE t SET a = 1 WHERE b = 2",
    "DELETE FROM t",
    "WITH x AS (SELECT 1) DELETE FROM t",
    "MERGE INTO t USING s ON t.a = s.a",
  ],
  schema: ["DROP TABLE t", "CREATE TABLE t (a int)", "ALTER TABLE t ADD b int", "TRUNCATE t", "GRANT ALL ON t TO x"],
  several: ["SELECT 1; SELECT 2", "SELECT 1;;SELECT 2"],
  comment: ["SELECT 1 -- x", "SELECT 1 /* x */", "SELECT/*!50000 1*/", "SELECT 1 # x", "SELECT 1--1"],
  unclear: [
    "",
    "SELECT pg_sleep(10)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT load_file('/etc/passwd')",
    "SELECT * INTO x FROM t",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT * FROM t FOR UPDATE",
    "SELECT 1 DROP TABLE t",
    "SELECT 1 EXEC xp_cmdshell 'x'",
    "SELECT 1 WAITFOR DELAY '0:0:9'",
    "SELECT evil.count(1)",
    'SELECT "pg_sleep"(1)',
    "SELECT nextval('s')",
    "WITH d AS (DELETE FROM t RETURNING *) SELECT f(1) FROM d",
    "SELECT 'a\\' OR 1=1 --'",
    "SELECT $$a$$",
    "SELECT q'[it's]' FROM dual",
    "SELECT E'a'",
    "SELECT `a` FROM t",
    "SELECT 'a",
    "SELECT * FROM dblink('x', 'y')",
    "EXPLAIN ANALYZE DELETE FROM t",
    "PRAGMA writable_schema = 1",
    "ATTACH 'x' AS y; ".slice(0, 4),
    "CALL p()",
    "COPY t TO PROGRAM 'sh'",
    "SELECT\u00a01",
    "SELECT @@version",
    "SELECT 1 \0",
    `SELECT ${"1,".repeat(15_000)}1`,
  ],
};

test("a whole statement only reads where each of its words says so in every dialect", () => {
  verifies("O-11");
  for (const [expected, statements] of Object.entries(DOES))
    for (const statement of statements) {
      const said = statementOf(statement);
      assert.equal("why" in said ? said.why : said.does, expected, statement);
    }
  // A real database agrees: what only reads changes nothing in it.
  const changes = (): unknown => Object.values(database.prepare("SELECT total_changes()").get() ?? {})[0];
  const before = changes();
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "SELECT",
          "1",
          "'a'",
          "FROM",
          "t",
          ";",
          "DELETE",
          "INSERT INTO",
          "VALUES ('x')",
          "(",
          ")",
          "--",
          "WITH x AS",
          "DROP TABLE t",
          "a",
          "UPDATE t SET a = 1",
          "RETURNING a",
          "UNION",
        ),
        { maxLength: 10 },
      ),
      (words) => {
        const said = statementOf(words.join(" "));
        if (!("does" in said) || said.does !== "read") return;
        try {
          database.exec(words.join(" "));
        } catch {
          // Most are no statements at all.
        }
      },
    ),
    { numRuns: 3_000 },
  );
  assert.equal(changes(), before);
  assert.equal(stored("x"), "x");
});

const html = { kind: "html", action: "escape", allow: [] } as const;

test("an argument is found wherever its path leads: below it, in lists, by number, by name; the longest path is the one that is meant", () => {
  verifies("O-11");
  const deny = { kind: "shell", action: "deny", allow: [] } as const;
  const where = (sinks: Parameters<typeof faultsIn>[0], args: Parameters<typeof faultsIn>[1]) =>
    faultsIn(sinks, args).map(({ argument, follows }) => `${argument} ${follows}`);
  assert.deepEqual(where({ files: deny }, { files: ["a", "$(b)", { x: ";" }], other: ";" }), ["files/1 deny", "files/2/x deny"]);
  assert.deepEqual(where({ "rows/*/name": deny }, { rows: [{ name: "a b", text: "a b" }] }), ["rows/0/name deny"]);
  assert.deepEqual(where({ n: deny }, { n: -5 }), ["n deny"]);
  assert.deepEqual(where({ n: deny }, { n: { "a;b": 1 } }), ["n deny"]);
  assert.deepEqual(where({ a: deny, "a/b": { ...deny, kind: "text" } }, { a: { b: "; rm", c: "; rm" } }), ["a/c deny"]);
  assert.deepEqual(where({ a: deny }, { a: "hf://v/1" }), ["a deny"], "a handle is put in later");
  assert.ok(where({ a: deny }, { a: Array.from({ length: 3_000 }, () => "x") }).includes("a/1998 deny"));
  assert.deepEqual(where({ a: html }, { a: "hf://v/1", b: 1 }), ["a deny"]);
  const long = "a".repeat(LONGEST_ARGUMENTS / 2);
  assert.deepEqual(where({ a: html }, { a: [long, long], b: long }), []);
  assert.deepEqual(where({ a: html }, { a: [long, long, "b"] }), ["a/2 deny"], "what is not looked at is not let through");
  assert.deepEqual(where({ a: deny }, { a: { [`${long}${long}a`]: 1 } }), ["a deny"]);
});

test("escaped arguments have no fault left that escaping could take away, and doing it again changes nothing", () => {
  verifies("O-11");
  const kinds = ARGUMENT_SINKS.filter((kind) => SINKS[kind].escaped !== undefined);
  const text = fc.oneof(values, fc.constantFrom("<script>", "`a` <b onclick=x>", "[a](javascript:x)", "\u001b[2J", "</script>", "]\\(", "<b \n```\n>"));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(text, { maxLength: 3 }), (kind, list) => {
      const sinks = { a: { kind, action: "escape", allow: [] } } as const;
      const once = escapedArguments(sinks, { a: list, b: "<script>" });
      assert.deepEqual(escapedArguments(sinks, once), once);
      assert.ok(faultsIn(sinks, once).every(({ follows }) => follows === "deny"));
      assert.equal(once["b"], "<script>");
    }),
    { numRuns: 2_000 },
  );
});
