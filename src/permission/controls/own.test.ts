import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLinear } from "../../../test/linear.ts";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import { ownControl } from "./own.ts";

const control = ownControl(
  { paths: ["/srv/holdfast/data", "/etc/hf/policy.yaml"], ports: () => [8787, 8788] },
  { isHere: (host) => host === "box" || host === "192.0.2.7", names: ["gate.example"] },
);
const says = (tool: string, args: { readonly [name: string]: Json }): string => {
  const decision = control.check(
    { id: "r", principal: { agent: "a" }, action: { type: "tool.call", tool, args }, content: [], context: { time: 0, surface: "test" } },
    { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] },
    0,
  );
  return decision === NEUTRAL ? "" : (decision.reasons[0]?.id ?? "");
};

test("a value costs no more than its length, whatever it holds", () => {
  for (const piece of ["127.", "http://a", "localhost:", "[::1]:", "/", "a;", "%2e"])
    assertLinear((length) => says("files.write_file", { path: piece.repeat(length / piece.length) }), 65_536, { name: piece });
});

test("a single word is looked at for its name alone, whatever its case and the blanks around it", () => {
  for (const path of ["holdfast.yaml", " HoldFast.YAML\n", "holdfast%2eyaml", ".\\operator.token", "AUDIT.KEY"])
    assert.equal(says("files.read_file", { path }), "own/files", path);
  for (const path of ["", ".", "..", "A-1042", "holdfast.yaml.md", "localhost", "127.0.0.1"]) assert.equal(says("files.read_file", { path }), "", path);
});

test("no tool reaches Holdfast's own files, however their path is written", () => {
  verifies("P-08");
  for (const path of [
    "/srv/holdfast/data",
    "/srv/holdfast/data/",
    "/srv/holdfast/data/audit/log",
    "/srv/holdfast/../holdfast/data/operator.token",
    "/srv//holdfast/./data/x",
    "file:///srv/holdfast/data/audit.key",
    "file://localhost/etc/hf/policy.yaml",
    "/srv/holdfast/d%61ta/x",
    "\\srv\\holdfast\\data\\x",
    "/SRV/Holdfast/Data/x",
    "holdfast.yaml",
    "./holdfast.yaml",
    "../../project/holdfast.yaml",
    "/tmp/link/operator.token",
    " /srv/holdfast/data/x ",
    "/srv/holdfast/data/a b.txt",
    "FILE:/srv/holdfast/data/x",
    "file://127.0.0.1/srv/holdfast/data/x",
    "/proc/self/root/srv/holdfast/data/x",
    "/proc/1/root/etc/hf/policy.yaml",
    "/srv/hold*/d?ta",
    "/etc/**/pol*.yaml",
    "/etc/hf/{policy,x}.yaml",
    "holdf*.yaml",
  ]) {
    assert.equal(says("files.write_file", { path, content: "x" }), "own/files", path);
    assert.equal(says("files.read_multiple_files", { paths: ["/tmp/a", path] }), "own/files", path);
    assert.equal(says("other.do", { options: { deep: [{ where: path }] } }), "own/files", path);
    assert.equal(says("files.write_files", { files: { [path]: "x" } }), "own/files", `as the name of a field: ${path}`);
  }
  for (const [tool, path] of [
    ["files.delete_directory", "/srv/holdfast"],
    ["files.move_file", "/srv"],
    ["files.remove", "/"],
    ["files.rename", "/etc/hf/"],
  ] as const)
    assert.equal(says(tool, { path }), "own/files", `${tool} ${path}: the folder around it`);
  for (const command of [
    "cat /srv/holdfast/data/operator.token",
    "sed -i s/deny/permit/ holdfast.yaml",
    "cd /etc/hf && vi policy.yaml; cp x /etc/hf/policy.yaml",
    "cat hold''fast.yaml",
    "sed -i s/a/b/ /etc/h?/pol*.yaml",
    "rm /srv/hold*/data",
  ])
    assert.equal(says("shell.run", { command }), "own/files", command);
  assert.equal(says("shell.run", { line: "true; cat operator.token" }), "own/files", "a line for a shell, whatever its argument is called");
});

test("no tool reaches Holdfast's own addresses, whatever the machine is called there", () => {
  verifies("P-08");
  for (const url of [
    "http://127.0.0.1:8787/api/v1/status",
    "http://localhost:8788/operator/login",
    "http://LOCALHOST:8787",
    "http://127.1:8787/",
    "http://0x7f000001:8787/",
    "http://2130706433:8787/",
    "http://[::1]:8787/",
    "http://[::ffff:127.0.0.1]:8787/",
    "http://0.0.0.0:8788/metrics",
    "http://agent.localhost:8787/",
    "ws://127.0.0.1:8787/",
    "localhost:8787",
    "http://localhost.:8787/",
    "http://localhost%2e:8787/",
    "http://ip6-localhost:8787/",
    "http://[::]:8787/",
    "http://[::ffff:0:0]:8787/",
    "http:127.0.0.1:8787/",
    "0.0.0.0:8787",
    "[::1]:8787/api",
    "2130706433:8787/api",
    "0x7f.1:8787",
    "localhost.:8787",
    "http://box:8787/",
    "http://192.0.2.7:8788/",
    "box:8787",
    "https://gate.example/api/v1/status",
    "https://GATE.example.:444/",
  ]) {
    assert.equal(says("web.fetch", { url }), "own/address", url);
    assert.equal(says("web.fetch", { targets: { [url]: true } }), "own/address", `as the name of a field: ${url}`);
  }
  for (const args of [
    { host: "127.0.0.1", port: 8787 },
    { host: "localhost.", port: "8788" },
    { to: { hostname: "::1" }, at: { port: 8787 } },
    { ip: "0x7f.1", port: 8787 },
  ])
    assert.equal(says("net.send", args), "own/address", JSON.stringify(args));
  for (const command of ["nc 127.0.0.1 8787", "exec 3<>/dev/tcp/localhost/8788", "curl 0:8787", "telnet ::1 8787"])
    assert.equal(says("shell.run", { command }), "own/address", command);
  assert.equal(says("shell.run", { command: "curl -X POST http://127.0.0.1:8788/operator/login" }), "own/address");
});

test("no tool that runs commands answers an agent's own question, or lets it do more", () => {
  verifies("P-08", "H-04");
  for (const command of [
    "holdfast approvals approve HF-1",
    "npx holdfast --config a.yaml approvals   approve files:HF-1",
    "cd /srv && ./bin/holdfast approvals edit HF-1 --args '{}'",
    'script -qec "holdfast approvals approve files:HF-1" /dev/null',
    "holdfast agents promote support --force",
    "holdfast keys mint support",
    "holdfast console",
    "holdfast unwrap cursor",
    "node bin/holdfast.js approvals approve HF-1",
    "holdfast approvals --config a.yaml approve HF-1",
    "python3 -c \"import subprocess; subprocess.run(['holdfast', 'approvals', 'approve', 'HF-1'])\"",
  ])
    assert.equal(says("shell.run", { command }), "own/command", command);
  assert.equal(says("shell.run", { command: `true ${"#".repeat(100_000)}; holdfast approvals approve HF-1` }), "own/command");
  assert.equal(says("shell.run", { line: "true; holdfast agents resume --all" }), "own/command");
  assert.equal(says("shell.run", { program: "npx", args: ["holdfast", "approvals", "approve", "HF-1"] }), "own/command", "word by word");
  for (const command of ["holdfast approvals list", "holdfast approvals reject HF-1", "git commit -m 'approve the holdfast of the boat'", "ls holdfast"])
    assert.equal(says("shell.run", { command }), "", command);
});

test("no tool writes where clients keep their servers and hooks: there Holdfast would be taken out of the way", () => {
  verifies("P-08");
  for (const path of [
    "/home/me/.config/Claude/claude_desktop_config.json",
    "/home/me/.claude.json",
    "project/.mcp.json",
    "~/.claude/settings.json",
    ".claude/settings.local.json",
    ".claude/hooks/pre.sh",
    "C:\\Users\\me\\.cursor\\mcp.json",
    "/w/.vscode/mcp.json",
    "/home/me/.config/Code/User/mcp.json",
    "/home/me/.openclaw/openclaw.json",
  ])
    assert.equal(says("files.write_file", { path, content: "{}" }), "own/client", path);
  for (const path of ["/w/.vscode/settings.json", "/w/mcp.json", "/w/.claude/notes.md", "/w/.cursor/rules.md"])
    assert.equal(says("files.write_file", { path, content: "see .mcp.json" }), "", path);
});

test("other files and addresses, and texts that only speak of ours, are none of its business", () => {
  for (const args of [
    { path: "/srv/holdfast/database.txt" },
    { path: "/srv/holdfast" },
    { path: "/home/me/notes.yaml" },
    { url: "http://127.0.0.1:3000/" },
    { url: "https://example.com:8787/" },
    { url: "https://gate.example.org/" },
    { path: "*" },
    { pattern: "**/*.yaml" },
    { pattern: "/home/me/**/*.ts" },
    { host: "127.0.0.1", port: 3000 },
    { host: "example.com", port: 8787 },
    { time: "10:8787" },
    { body: "I have changed holdfast.yaml; please look at /srv/holdfast/data when you can." },
    { text: "The gateway's configuration lies in holdfast.yaml" },
    { amount: 8787 },
  ])
    assert.equal(says("mail.send", args as { readonly [name: string]: Json }), "", JSON.stringify(args));
});

test("a call with more values than can be looked at is not let through, and says so", () => {
  assert.equal(says("files.write_file", { paths: Array.from({ length: 3_000 }, () => "/tmp/a") }), "own/too-many-values");
});

test("a call of as many values as a message may hold is refused at once", () => {
  const args = { paths: Array.from({ length: 45_000 }, () => "/tmp/a") };
  const start = performance.now();
  assert.equal(says("files.write_file", args), "own/too-many-values");
  assert.ok(performance.now() - start < 500, "a second of this is a gateway that stands still");
});

test("padding does not hide our files in a command", () => {
  verifies("P-08");
  assert.equal(says("shell.run", { command: `cat /srv/holdfast/data/operator.token ${"#".repeat(100_000)}` }), "own/files");
  assert.equal(says("shell.run", { command: `true ${"#".repeat(100_000)}` }), "");
});
