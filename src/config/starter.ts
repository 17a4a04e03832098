import { SCHEMA_PATH } from "./json-schema.ts";
import { type Config, schema } from "./schema.ts";

/**
 * The configuration that `holdfast init` writes and that the first start uses: it works with no key, no other file and no network,
 * and its own tests pass.
 */
export const starterConfig = `# yaml-language-server: $schema=./${SCHEMA_PATH}
#
# Holdfast's configuration. Check it with \`holdfast check\`; a running gateway takes over a changed file by itself
# and keeps the old one when the new one has a mistake or fails one of its own tests (at the end).

# Only this machine can reach Holdfast until you say otherwise.
server:
  listen: 127.0.0.1:8787 # agents, the API, the console
  admin: 127.0.0.1:8788 # health and metrics

storage:
  url: sqlite:./data/holdfast.db

# Where models come from. Agents call them \`name/model\`, or by the bare name where only one upstream has it.
# Keys stay here: an agent never sees them.
models:
  practice: { provider: practice } # built in, needs no key
  # openai:    { provider: openai, base_url: https://api.openai.com/v1, credential: \${env:OPENAI_API_KEY} }
  # anthropic: { provider: anthropic, base_url: https://api.anthropic.com, credential: \${env:ANTHROPIC_API_KEY} }
  # local:     { provider: ollama, base_url: http://127.0.0.1:11434 }

# What tools do. A tool that is not listed is judged by its name; what cannot be told from it counts as one that
# changes something, sends something out, and returns text that must not be trusted. \`holdfast check\` shows the guesses.
tools:
  practice:
    tools:
      read_inbox: { effect: read, trust: untrusted, categories: [pii] } # mails are written by anybody
      read_page: { effect: read, egress: true, trust: untrusted }
      list_orders: { effect: read, egress: false, trust: internal, categories: [pii] }
      create_ticket: { effect: write, egress: false, trust: internal }
      send_mail: { effect: write, egress: true, trust: internal }
      refund: { effect: write, egress: true, trust: internal, categories: [financial] }

# Roles: what may be read, what written, what stays blocked. Ready ones to build on: builtin/customer-service,
# builtin/inventory-monitor, builtin/report-generator, builtin/sales-assistant, builtin/code-agent, builtin/summariser,
# and builtin/assistant, which grants every tool and suits trying things out.
roles:
  support:
    extends: builtin/customer-service
    read: [practice.read_inbox, practice.list_orders]
    write: [practice.create_ticket]
    deny: [practice.refund]

# Agents. Each key belongs to one; what is not granted is denied.
agents:
  default:
    role: builtin/assistant
    models: ["*"]
    limits: { requests: 10/min } # per key
  support:
    role: support
    models: [practice/*]
    limits: { requests: 10/min }

# Once untrusted content was read (a mail, a web page, a tool's result), an action that changes something or leaves the house must
# be one that the user's own words ask for, with values that the user wrote or pointed at. \`monitor\` only says what it would stop.
flow: { mode: enforce }

# Rules, in CEL. A new rule only watches; write \`mode: enforce\` once you have seen what it would do.
rules:
  # What a person decides, whatever a tool is called: see it with \`holdfast approvals list\`, or in the console.
  - { id: big-payment, when: tool.effect == "write" && act.money > 500, then: ask, mode: enforce }
  - { id: bulk-change, when: tool.effect == "write" && act.records >= 100, then: ask, mode: enforce }
  - { id: configuration, when: act.configuration, then: ask, mode: enforce }
  - { id: message-outside, when: act.message, then: ask, mode: monitor } # enforce it until you trust the agent's mails
  - { id: new-behaviour, when: tool.effect == "write" && act.first, then: ask, mode: monitor }
  - id: no-secrets-to-tools
    when: action.type == "tool.call" && "credential" in findings.kinds
    then: deny
    mode: monitor

# What is internal to you, what is no finding, and what providers need not see: docs/guide/own-data.md.
# detectors:
#   own: [{ id: project-names, words: [Project Falcon], text: mask }]
#   allow: [{ id: our-mail, detector: email, values: [info@example.org] }]
#   names: true
# output: { models: { personal: pseudonym, name: pseudonym } }

# What the policy must answer. A reload that fails one of these is refused.
tests:
  - { agent: default, model: practice/assistant, expect: permit }
  - { agent: default, call: practice.create_ticket, expect: permit }
  - { agent: default, call: practice.send_mail, context: untrusted, expect: ask }
  - { agent: default, call: practice.refund, args: { order: "7", amount: 900 }, expect: ask }
  - { agent: support, call: practice.list_orders, context: untrusted, expect: permit }
  - { agent: support, call: practice.refund, expect: deny }
  - { agent: nobody, call: practice.list_orders, expect: deny }
`;

/**
 * The product with nothing configured: one agent, `agent`, that may use every tool and model there is, so that what is denied or asked
 * is denied or asked by information flow and by what was found.
 */
export function outOfTheBox(): Config {
  return schema.parse({ models: { practice: { provider: "practice" } }, agents: { agent: { role: "builtin/assistant", models: ["*"] } } });
}
