import type { Config } from "../../config/index.ts";
import type { Letter, Sent } from "../../oversight/index.ts";

type MailServer = NonNullable<Config["oversight"]["mail"]>;

const PATIENCE_MS = 10_000;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Hands a mail to the server of the configuration. INVARIANT: neither the mail nor the password goes over a network in plain: without TLS, or
 * with a certificate that nobody vouches for, nothing is sent; a server on this machine may do without.
 */
export async function sendMail({ server, user, password, from, ca }: MailServer, letter: Letter): Promise<Sent> {
  const { createTransport } = await import("nodemailer");
  const { protocol, hostname, port } = new URL(server);
  const secure = protocol === "smtps:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const transport = createTransport({
    host,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && !LOOPBACK.has(hostname),
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password.reveal() } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      to: letter.to,
      subject: letter.subject,
      text: letter.text,
      messageId: `<${letter.id}@holdfast>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return { is: "taken" };
  } catch (error) {
    const status = (error as { readonly responseCode?: unknown }).responseCode;
    if (typeof status !== "number") return { is: "later" };
    // 5xx: the server says that it says the same to the next.
    return { is: status >= 500 ? "refused" : "later", status };
  } finally {
    transport.close();
  }
}
