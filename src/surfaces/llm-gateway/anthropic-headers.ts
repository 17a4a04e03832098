const VERSION = "2023-06-01";

/**
 * Beta features that change only how much or how a model may answer. Others let the provider fetch pages, run code or reach MCP
 * servers by itself, out of sight of every layer; they are not sent on.
 */
const BETAS = new Set([
  "context-1m-2025-08-07",
  "extended-cache-ttl-2025-04-11",
  "fine-grained-tool-streaming-2025-05-14",
  "interleaved-thinking-2025-05-14",
  "max-tokens-3-5-sonnet-2024-07-15",
  "output-128k-2025-02-19",
  "pdfs-2024-09-25",
  "prompt-caching-2024-07-31",
  "token-counting-2024-11-01",
  "token-efficient-tools-2025-02-19",
]);

/** The API version a client asked for, if it has the form of one; else the one this codec was written for. */
export function versionOf(value: string | string[] | undefined): string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : VERSION;
}

/** The beta features of a client's header that may be sent on, comma-separated; empty when none. */
export function betasOf(value: string | string[] | undefined): string {
  const asked = (typeof value === "string" ? value : "").slice(0, 1000).split(",");
  return asked
    .map((name) => name.trim())
    .filter((name) => BETAS.has(name))
    .join(",");
}
