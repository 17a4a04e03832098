import { z } from "zod";
import { PLACE, placesIn } from "../../core/places.ts";
import { Secret } from "../secret.ts";
import { range } from "./egress.ts";
import { asSource, constant, otherTool, pointer, written } from "./sources.ts";
import { duration } from "./values.ts";

const LONGEST_UNDO_MS = 10 * 60_000;

const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** What the request itself is made of. */
const OURS = new Set(["host", "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer", "upgrade", "expect", "keep-alive"]);
const header = z
  .string()
  .regex(HEADER, "a header's name is letters, digits and `-`")
  .refine((name) => !OURS.has(name.toLowerCase()) && !name.toLowerCase().startsWith("proxy-"), "this header is made from the request itself");

/** As `secret`, and fit for a header: a line break in a file would break off the request. */
const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7e]+$/, "a header's value is printable ASCII, without line breaks, and not empty")
  .transform((text) => new Secret(text));

const undoHttp = z
  .strictObject({
    method: z.enum(["POST", "PUT", "PATCH", "DELETE"]).describe("What is asked."),
    url: z
      .string()
      .max(2_000)
      .refine(
        (text) => {
          const plain = text.replace(PLACE, "x");
          const [start = ""] = text.split("{", 1);
          return /^https:\/\/[^/?#@{}]+\/[^#{}]*$/.test(plain) && /^https:\/\/[^/?]+\//.test(start) && URL.canParse(plain) && new URL(plain).href === plain;
        },
        { error: "expected an address such as `https://shop.example.com/orders/{order}`, with names of `args` in braces behind the host", abort: true },
      )
      .describe("Where, with `{name}` for a value of `args`. The host is fixed."),
    headers: z
      .record(header, headerValue)
      .prefault({})
      .describe("Headers, such as a credential. Write a reference to a variable or a file; they are never kept beside the log."),
    body: z
      .json()
      .exactOptional()
      .describe("JSON. A text that is `{name}` and nothing else becomes the value of `args` itself; in any other text it is written out."),
    addresses: z.array(range).prefault([]).describe("Ranges that the host may lead to although they are not public."),
    accept: z
      .array(z.int().min(400).max(499))
      .max(20)
      .prefault([])
      .describe("Further statuses that say that it is undone, such as `404`: it is not there any more."),
    idempotency: header
      .exactOptional()
      .describe(
        "The header that carries a key that stays the same for this step, such as `Idempotency-Key`. With it what nobody saw the end of is tried again: only for servers that do the same key once.",
      ),
  })
  .describe("An HTTP request that undoes it. It passes `guard`, to this host alone; a name is looked up once, and only public addresses are connected to.");

export const undo = z
  .strictObject({
    call: otherTool.exactOptional().describe("The tool that undoes it. Its server must have an address or a command here."),
    http: undoHttp.exactOptional(),
    args: z
      .record(
        z.string().min(1).max(100),
        z.union([z.strictObject({ from: z.enum(["args", "result", "text"]), path: pointer }), written, constant]).transform(asSource),
      )
      .prefault({})
      .describe(
        "Its arguments: constants, or where they stand. `args`: what was asked for; `result`: what it answered; `text`: the text of that, read as JSON.",
      ),
    timeout: duration
      .refine((ms) => ms >= 1_000 && ms <= LONGEST_UNDO_MS, "from `1s` to `10m`")
      .prefault("60s")
      .describe("How long it may take. After that nobody knows whether it was done."),
  })
  .refine((given) => (given.call === undefined) !== (given.http === undefined), "what undoes it is either `call` or `http`")
  .refine(({ http, args }) => http === undefined || placesIn(http.url, http.body).every((name) => Object.hasOwn(args, name)), {
    path: ["http"],
    message: "it names a value in braces that is not in `args`",
  })
  .transform(({ call, http, ...rest }) => (http === undefined ? { ...rest, call: call as string } : { ...rest, http }))
  .describe("How what the tool did is undone when its task is rolled back: another call or an HTTP request, with these arguments.");
