/** Libraries that look through text as our detectors do, each as its page says to use it, without a network. */
import { peerFile } from "./peer-file.ts";

export interface Looking {
  readonly name: string;
  /** What of ours does the same work. */
  readonly beside: "secrets" | "personal";
  /** What it covers, for whoever compares. */
  readonly covers: string;
  look(text: string): unknown;
}

/** Each was seen to find something: one that finds nothing would be quick for nothing. */
export const lookingPeers = (): Promise<readonly Looking[]> => Promise.all([secretlint(), guardrailsSecrets(), guardrailsPersonal(), redactPii()]);

const KEY = `token: ${"xox"}b-123456789012-1234567890123-abcdefghijklmnopqrstuvwx`;
const MAIL = "write to anna.schmidt@example.com";

async function secretlint(): Promise<Looking> {
  const { lintSource } = (await import(peerFile("@secretlint/core/module/index.js"))) as {
    lintSource: (given: unknown) => Promise<{ messages: readonly unknown[] }>;
  };
  const preset = (await import(peerFile("@secretlint/secretlint-rule-preset-recommend/module/index.js"))) as { creator: unknown; rules: readonly unknown[] };
  const config = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: preset.creator }] };
  const look = (content: string) => lintSource({ source: { filePath: "answer.txt", content, contentType: "text", ext: ".txt" }, options: { config } });
  if ((await look(KEY)).messages.length === 0) throw new Error("secretlint found nothing");
  return {
    name: "secretlint 13.1.0",
    beside: "secrets",
    covers: `its recommended preset: ${preset.rules.length} rules for the keys of providers by their form, no passwords, no hashes; in files, not in streams`,
    look,
  };
}

async function guardrailsSecrets(): Promise<Looking> {
  const { secretKeysCheck } = (await import(peerFile("@openai/guardrails/dist/checks/secret-keys.js"))) as {
    secretKeysCheck: (context: object, text: string, config: object) => Promise<{ tripwireTriggered: boolean }>;
  };
  const look = (text: string) => secretKeysCheck({}, text, { threshold: "balanced" });
  if (!(await look(KEY)).tripwireTriggered) throw new Error("@openai/guardrails found no key");
  return {
    name: "@openai/guardrails 0.2.1, secret keys",
    beside: "secrets",
    covers: "words with one of sixteen beginnings or of high entropy; no checksums",
    look,
  };
}

async function guardrailsPersonal(): Promise<Looking> {
  const { pii, PIIConfig } = (await import(peerFile("@openai/guardrails/dist/checks/pii.js"))) as {
    pii: (context: object, text: string, config: { entities: readonly string[] }) => Promise<{ info: { detected_entities?: object } }>;
    PIIConfig: { parse(given: object): { entities: readonly string[] } };
  };
  const config = PIIConfig.parse({});
  const { warn } = console;
  // It says once of some kinds that they will go.
  console.warn = () => {};
  const found = (await pii({}, MAIL, config)).info.detected_entities ?? {};
  console.warn = warn;
  if (Object.keys(found).length === 0) throw new Error("@openai/guardrails found no address");
  return {
    name: "@openai/guardrails 0.2.1, personal data",
    beside: "personal",
    covers: `its ${config.entities.length} kinds that are on by default, by expressions; it masks as well`,
    look: (text) => pii({}, text, config),
  };
}

async function redactPii(): Promise<Looking> {
  const { SyncRedactor } = ((await import(peerFile("redact-pii/lib/index.js"))) as { default: { SyncRedactor: new () => { redact(text: string): string } } })
    .default;
  const redactor = new SyncRedactor();
  if (redactor.redact(MAIL) === MAIL) throw new Error("redact-pii found nothing");
  return {
    name: "redact-pii 3.4.0",
    beside: "personal",
    covers: "a dozen kinds by expressions, and names by a list of English words; it masks as well",
    look: (text) => redactor.redact(text),
  };
}
