/** What a caller declares that it is about to do, before it does it. It is compared with what is then done, and can only tighten. */
export interface Intent {
  /** Tools as rules name them (`crm.find_customer`, `crm.*`), or other kinds of action (`net.connect`). */
  readonly tools?: readonly string[];
  /** `read`: nothing is to be changed, and nothing to leave. */
  readonly effect?: "read" | "write";
  /** Whom or what is to be reached: an address, a host, an id, or all that end alike (`*@example.com`). */
  readonly targets?: readonly string[];
}
