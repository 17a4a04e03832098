import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "./refusal.ts";

const FORMS = {
  json: { name: "application/json", type: /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i },
  form: { name: "application/x-www-form-urlencoded", type: /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i },
} as const;
export type BodyForm = keyof typeof FORMS;

/**
 * Refuses a body on what its headers declare: too long, compressed (a small bomb would become a large body), or of another form. Costs
 * nothing; nothing has been read yet.
 */
export function checkBodyHead(request: IncomingMessage, mostBytes: number, form: BodyForm = "json"): void {
  const { headers } = request;
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") throw new Refusal(415, "bad-request", "a compressed body is not accepted");
  const { name, type } = FORMS[form];
  if (!type.test(headers["content-type"] ?? "")) throw new Refusal(415, "bad-request", `the body must be \`${name}\``);
  const declared = headers["content-length"];
  if (declared !== undefined && Number(declared) > mostBytes) throw tooLarge(mostBytes);
}

/**
 * The body, at most `mostBytes` long. Called after authentication only, where the body is not itself what is signed. Rejects when the client goes away; a slow one is ended by the
 * server's `requestTimeout`.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, mostBytes: number, form: BodyForm = "json"): Promise<Buffer> {
  checkBodyHead(request, mostBytes, form);
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const broken = (): void => {
      if (!request.complete) reject(new Refusal(400, "cancelled", "the body did not arrive whole"));
    };
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > mostBytes) reject(tooLarge(mostBytes));
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)));
    request.on("error", broken);
    request.on("close", broken);
  });
}

const tooLarge = (most: number): Refusal => new Refusal(413, "too-large", `the body is longer than ${most} bytes`);
