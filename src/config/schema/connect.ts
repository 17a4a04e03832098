import { z } from "zod";
import { CATEGORIES, INTEGRITIES } from "../../core/label.ts";
import { ARGUMENT_SINK_ACTIONS, ARGUMENT_SINKS, type ArgumentSink, STATEMENTS } from "../../core/sink.ts";
import { checking } from "./answers.ts";
import { command } from "./command.ts";
import { records } from "./records.ts";
import { sandbox, WITH_WARM, WITH_WAY_OUT, WITH_WORK } from "./sandbox.ts";
import { signIn } from "./sign-in.ts";
import { undo } from "./undo.ts";
import { address, duration, name, namedHost, secret, size, spotlight, url } from "./values.ts";

/** What stands in a header is written into it between quotes. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, "a scope is a word without spaces, quotes or backslashes");

const oauth = z
  .strictObject({
    issuer: url.describe("The authorization server: what its tokens name as `iss`, and where clients are sent."),
    audience: url.describe(
      "The address of the MCP gateway as clients know it, such as `https://holdfast.example.com/mcp`. Tokens for anything else open nothing.",
    ),
    jwks: url.describe("Where its public keys are."),
    scopes: z.array(scope).max(20).prefault([]).describe("Scopes that a token must have."),
    agents: z
      .record(z.string().min(1).max(256), name)
      .describe("Which agent a client of the authorization server is, by its `client_id`. Other clients have no access. The token's `sub` is the user."),
  })
  .describe("Access tokens that open the MCP gateway beside keys (OAuth 2.0 resource server).");

export const server = z
  .strictObject({
    listen: address
      .prefault("127.0.0.1:8787")
      .describe("Where agents, the API and the console are served. Other than loopback is refused unless clients must authenticate."),
    admin: address.prefault("127.0.0.1:8788").describe("Where health and metrics are served."),
    hosts: z.array(z.string().min(1)).prefault([]).describe("Further names that a request's Host header may carry."),
    origins: z.array(z.string().min(1)).prefault([]).describe("Web origins whose pages may call. Empty: none but the console's own."),
    body_limit: size
      .prefault("6mb")
      .describe("The largest request body that is read. The most hostile body of 6 MB keeps other requests waiting for less than 50 ms."),
    header_limit: size.prefault("16kb").describe("The largest set of request headers that is read."),
    oauth: oauth.exactOptional(),
    sign_in: signIn.exactOptional(),
    soft: z
      .boolean()
      .prefault(false)
      .describe("Answer a refused model call with an ordinary assistant message that says what was blocked, rather than with an error."),
  })
  .describe("Where Holdfast listens.");

export const storage = z
  .strictObject({
    url: z
      .string()
      .regex(/^(?:sqlite:.+|memory:|postgres(?:ql)?:\/\/.+)$/, "expected `sqlite:./data/holdfast.db`, `memory:` or `postgres://…`")
      .prefault("sqlite:./data/holdfast.db")
      .describe("The store. Everything else Holdfast keeps lies beside it."),
  })
  .describe("Where Holdfast keeps its data.");

const dollars = z.number().min(0, "a price is no less than nothing").max(1e6, "a price is at most a dollar a token");
const tokens = z.int().min(1).max(1e7);
const price = z
  .strictObject({
    input: dollars.describe("Dollars for a million tokens that are read."),
    output: dollars.describe("For a million that are written."),
    cached: dollars.exactOptional().describe("For a million read from the upstream's cache (default: as `input`)."),
    cache_write: dollars.exactOptional().describe("For a million written to it (default: twice `input` at Anthropic, which is its dearest)."),
    max_output: tokens.exactOptional().describe("The most tokens that this model's answer has where the request does not say."),
  })
  .describe("What one model costs.");

export const model = z
  .strictObject({
    provider: z.enum(["practice", "openai", "anthropic", "ollama"]).describe("How the upstream speaks. `openai` is every server with that interface."),
    base_url: url.exactOptional().describe("The upstream's address, with its version path."),
    credential: secret.exactOptional().describe("The upstream's key; an agent never sees it. Write a reference to a variable or a file."),
    models: z.array(z.string().min(1)).exactOptional().describe("The models that are offered. Left out: whatever the upstream has."),
    timeout: duration.prefault("120s").describe("How long the upstream may be silent."),
    prices: z
      .record(z.string().regex(/^(?:\*|[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,255})$/, "a price is for a model by its own name, or for all others by `*`"), price)
      .exactOptional()
      .describe("What calls cost, for budgets in money, by the upstream's name of the model; `*` is every other one."),
    max_output: tokens.exactOptional().describe("The most tokens that an answer has where the request does not say, for budgets."),
    agent: name.exactOptional().describe("The agent that answers here. What it does with its own keys meanwhile counts as called by whoever called it."),
    spotlight: spotlight.exactOptional().describe("How what untrusted tools brought is marked on its way to these models. Left out: not at all."),
  })
  .describe("An upstream that serves models; its models are called `name/model`.");

const readers = z
  .union([z.literal("public"), z.array(z.string().min(1).max(320)).max(1_000)])
  .describe("Who may read it: `public` (everybody, as where nothing is said), or a list of addresses, whole domains (`@corp.example`) and names of channels.");

const facts = {
  effect: z.enum(["read", "write"]).exactOptional().describe("Whether it changes anything. Left out: worked out from its name, and `write` when unsure."),
  egress: z.boolean().exactOptional().describe("Whether something leaves the house through it."),
  trust: z.enum(INTEGRITIES).exactOptional().describe("How far its results may be trusted."),
  categories: z.array(z.enum(CATEGORIES)).exactOptional().describe("What kinds of sensitive data its results hold."),
  readers: readers.exactOptional(),
};

const ESCAPABLE = new Set<ArgumentSink>(["html", "markdown", "terminal", "json", "text", "sql", "shell"]);

const sink = z
  .preprocess(
    (given) => (typeof given === "string" ? { kind: given } : given),
    z
      .strictObject({
        kind: z.enum(ARGUMENT_SINKS).describe("The place."),
        action: z
          .enum(ARGUMENT_SINK_ACTIONS)
          .prefault("deny")
          .describe(
            "What follows where it holds what that place would act upon. `escape` writes it as text: for `html`, `markdown`, `terminal`, `json`, `sql` and `shell`.",
          ),
        allow: z.array(z.enum(STATEMENTS)).prefault(["read"]).describe("What a whole statement may do (`sql-statement`)."),
      })
      .refine(({ kind, action }) => action !== "escape" || ESCAPABLE.has(kind), { path: ["action"], message: "this cannot be escaped; take `ask` or `deny`" }),
  )
  .describe(
    "Where the tool puts the value: a page, a terminal, an address, a path, a value in a statement (`sql`) or in a command (`shell`), or a whole statement (`sql-statement`).",
  )
  .meta({ shorthand: { type: "string", enum: [...ARGUMENT_SINKS] } });

const argument = z
  .strictObject({
    needs: z
      .enum([...INTEGRITIES, "delegated"])
      .exactOptional()
      .describe("Where the value must come from."),
    hosts: z
      .array(namedHost)
      .min(1)
      .max(1_000)
      .exactOptional()
      .describe(
        "For hosts of the house: a web address on one of these may come from anywhere, a mail address at one where the message pointed at names whose it is.",
      ),
    readers: z.string().min(1).exactOptional().describe("The argument that names who will read this one, beside those whose names say so (`to`, `channel`)."),
    sink: sink.exactOptional(),
  })
  .describe("What one argument may be filled with.");

const declassified = z
  .strictObject({
    as: z
      .union([z.enum(["boolean", "number", "date"]), z.array(z.string().min(1).max(100)).min(1).max(256)])
      .describe("What the value must be: a truth, a number, a date, or one of these words. Anything else stays untrusted."),
  })
  .describe("Released although its source is untrusted, because it can say so little; what it says counts against `flow.bits`.");

const restricted = z
  .strictObject({ trust: z.enum(INTEGRITIES).exactOptional().describe("How far it may be trusted."), readers })
  .describe("A field that only some may read.");

const SENDER = /^[^\s@<>",;]{0,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}$/;

const tool = z
  .strictObject({
    ...facts,
    handles: z
      .boolean()
      .exactOptional()
      .describe("Over MCP the agent gets a handle in place of each text of its results, and passes it on unread: what they say cannot move it."),
    args: z.record(z.string().min(1), argument).exactOptional().describe("What single arguments need. Those that are not here are judged by their names."),
    paths: z
      .record(z.string().min(1).max(200), z.union([z.enum(INTEGRITIES), declassified, restricted]))
      .exactOptional()
      .describe("How far single fields of a structured result may be trusted, and who may read them: `sender` wherever it stands, or `mails/*/from`."),
    senders: z
      .record(z.string().regex(SENDER, "expected an address such as `anna@corp.example`, or `@corp.example` for all at it"), z.enum(INTEGRITIES))
      .exactOptional()
      .describe(
        "How far records of a structured result may be trusted, by who wrote them (`from`, `sender`, `author`): for tools whose service makes sure of it. `paths` come first.",
      ),
    undo: undo.exactOptional(),
    records: records.exactOptional(),
    command: command.exactOptional(),
    result: z
      .strictObject({
        schema: z.record(z.string(), z.json()).exactOptional().describe("The JSON Schema of its results, beside what its server declares."),
        check: checking
          .prefault("enforce")
          .describe("Whether a result of another form is withheld, or only told of. It holds for what the server declares, too."),
      })
      .exactOptional()
      .describe("What its results must be."),
  })
  .describe("What one tool does.");

export const toolServer = z
  .strictObject({
    stdio: z
      .strictObject({
        command: z.array(z.string().min(1)).min(1, "a command needs at least its program"),
        env: z.record(z.string(), secret).exactOptional(),
        cwd: z.string().exactOptional(),
      })
      .exactOptional()
      .describe("Started by Holdfast and spoken to over its standard input and output."),
    http: z.strictObject({ url, credential: secret.exactOptional() }).exactOptional().describe("Reached over HTTP."),
    agent: name.exactOptional().describe("The agent that this server is. What it does with its own keys meanwhile counts as called by whoever called it."),
    sandbox: sandbox.exactOptional(),
    default: z.strictObject(facts).prefault({}).describe("What holds for tools that are not listed."),
    tools: z.record(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/, "a tool's name is letters, digits and `_ . : / -`"), tool).prefault({}),
  })
  .refine((given) => given.stdio === undefined || given.http === undefined, "a tool server has either `stdio` or `http`")
  .refine(
    (given) => given.sandbox === undefined || given.http === undefined,
    "a server that is reached over HTTP does not run here, so it cannot run in a sandbox",
  )
  .superRefine((given, context) => {
    const commands = Object.entries(given.tools).filter(([, { command }]) => command !== undefined);
    const wrong = (path: (string | number)[], message: string): void => context.addIssue({ code: "custom", path, message });
    if (commands.length === 0) return;
    if (given.stdio !== undefined || given.http !== undefined)
      for (const [tool] of commands) wrong(["tools", tool, "command"], "the tools of a server with `stdio` or `http` are that server's own");
    if (given.sandbox === undefined) wrong(["sandbox"], "commands run in a sandbox only: name one, such as `process`");
    if ((given.sandbox?.warm ?? 0) > 0) wrong(["sandbox", "warm"], "a command begins anew for each call, with other words; leave `warm` away");
  })
  .refine((given) => given.sandbox === undefined || given.sandbox.allow_hosts.length === 0 || WITH_WAY_OUT.includes(given.sandbox.driver), {
    path: ["sandbox", "allow_hosts"],
    message: "this sandbox has no way out, so no hosts can be allowed; take another, such as `process`, or leave `allow_hosts` away",
  })
  .refine((given) => given.sandbox === undefined || given.sandbox.warm === 0 || WITH_WARM.includes(given.sandbox.driver), {
    path: ["sandbox", "warm"],
    message: `this sandbox cannot be kept waiting; leave \`warm\` away, or take one of ${WITH_WARM.map((one) => `\`${one}\``).join(", ")}`,
  })
  .refine((given) => given.sandbox?.work === undefined || WITH_WORK.includes(given.sandbox.driver), {
    path: ["sandbox", "work"],
    message: `this sandbox takes no work folder; leave \`work\` away, or take one of ${WITH_WORK.map((one) => `\`${one}\``).join(", ")}`,
  })
  .refine((given) => given.sandbox?.work === undefined || given.sandbox.warm === 0, {
    path: ["sandbox", "work"],
    message: "a work folder is of one session, and what waits has none yet; leave `work` or `warm` away",
  })
  .refine((given) => given.sandbox?.driver !== "network" || given.sandbox.read.length + given.sandbox.write.length === 0, {
    path: ["sandbox"],
    message: "`network` has the files of its account, so `read` and `write` confine nothing; take another driver, such as `process`, or leave them away",
  })
  .describe("An MCP server, or a group of tools that a client brings itself; its tools are called `server.tool`.");
