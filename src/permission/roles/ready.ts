/** A role that ships with Holdfast, under the name `builtin/<key>`. A role of the configuration builds on it with `extends`. */
export interface ReadyRole {
  readonly explain: { readonly en: string; readonly de: string };
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly deny: readonly string[];
  /** Conditions that a call must meet besides being granted. */
  readonly bounds?: readonly Bound[];
}

export interface Bound {
  readonly id: string;
  /** A CEL condition; where it holds, or cannot be evaluated, the call is denied. Only calls that change something are looked at. */
  readonly denyWhen: string;
  readonly text: string;
}

const INSIDE_ONLY = ["net.connect", "process.run", "skill.install"];

/** The ready roles. Server names are conventions: call your tool servers so, or extend the role with your own names. */
export const READY_ROLES = {
  "customer-service": {
    explain: {
      en: "Answers customers: sees customers, orders and help articles, opens and answers tickets. No money, no administration.",
      de: "Betreut Kundinnen und Kunden: sieht Kundendaten, Bestellungen und Hilfeartikel, eröffnet und beantwortet Tickets. Kein Zugriff auf Finanzen und Verwaltung.",
    },
    read: ["crm.customers", "crm.orders", "crm.search", "orders.list", "orders.show", "products.*", "kb.*", "tickets.*"],
    write: ["tickets.create", "tickets.update", "tickets.comment"],
    deny: ["finance.*", "payments.*", "admin.*", "hr.*", ...INSIDE_ONLY],
  },
  "inventory-monitor": {
    explain: {
      en: "Watches stock: reads inventory and suppliers, raises alerts and reorder requests. No customer data, no purchasing.",
      de: "Überwacht den Lagerbestand: liest Bestände und Lieferanten, meldet Engpässe und stellt Nachbestellanträge. Keine Kundendaten, keine Bestellungen.",
    },
    read: ["inventory.*", "suppliers.*", "products.*"],
    write: ["alerts.create", "inventory.request_reorder"],
    deny: ["crm.*", "finance.*", "payments.*", "admin.*", "hr.*", ...INSIDE_ONLY],
  },
  "report-generator": {
    explain: {
      en: "Writes reports: reads figures and earlier reports, saves new ones. No personal data, no changes to what it reports on, nothing sent out.",
      de: "Erstellt Berichte: liest Kennzahlen und frühere Berichte und legt neue ab. Keine personenbezogenen Daten, keine Änderungen am Berichtsgegenstand, kein Versand.",
    },
    read: ["analytics.*", "sales.*", "inventory.*", "reports.*"],
    write: ["reports.create", "reports.update"],
    deny: ["crm.*", "hr.*", "finance.*", "payments.*", "admin.*", "mail.*", "message.send", ...INSIDE_ONLY],
  },
  "sales-assistant": {
    explain: {
      en: "Helps selling: sees customers, products and prices, drafts quotes and notes. Nothing is sent, discounted or charged.",
      de: "Unterstützt den Vertrieb: sieht Kunden, Produkte und Preise, entwirft Angebote und Notizen. Nichts wird versendet, rabattiert oder abgerechnet.",
    },
    read: ["crm.*", "products.*", "pricing.*", "calendar.*", "quotes.*"],
    write: ["crm.add_note", "quotes.draft", "mail.draft", "calendar.propose"],
    deny: ["finance.*", "payments.*", "hr.*", "admin.*", "pricing.update", "quotes.send", ...INSIDE_ONLY],
  },
  "code-agent": {
    explain: {
      en: "Works on code: reads repositories, documentation and builds, and writes to feature branches only. No merging, no deployment, no secrets.",
      de: "Arbeitet am Code: liest Repositorys, Dokumentation und Builds und schreibt ausschließlich in Feature-Branches. Kein Mergen, kein Deployment, keine Geheimnisse.",
    },
    read: ["repo.*", "docs.*", "ci.*", "issues.*"],
    write: ["repo.commit", "repo.push", "repo.create_branch", "repo.write_file", "repo.create_pull_request"],
    deny: [
      "repo.merge",
      "repo.merge_pull_request",
      "repo.delete_branch",
      "repo.delete_repository",
      "deploy.*",
      "production.*",
      "secrets.*",
      "admin.*",
      "skill.install",
    ],
    bounds: [
      {
        id: "feature-branches",
        // Every argument that names where the change goes must name a feature branch, and at least one must be there.
        denyWhen: [
          `(action.server in ["repo", "git", "github", "gitlab"] || ["branch", "ref", "head"].exists(name, name in args))`,
          `!(["branch", "ref", "head"].exists(name, name in args) && ["branch", "ref", "head"].all(name, !(name in args) || args[name].matches("^(?:refs/heads/)?feature/[A-Za-z0-9_][A-Za-z0-9_/-]*$")))`,
        ].join(" && "),
        text: "a code agent may write only to branches whose name begins with feature/",
      },
    ],
  },
  summariser: {
    explain: {
      en: "Summarises what it is given. It has no tools, no files and no network.",
      de: "Fasst zusammen, was ihm vorgelegt wird. Es hat keine Werkzeuge, keine Dateien und kein Netz.",
    },
    read: [],
    write: [],
    deny: ["file.read", "file.write", "resource.read", "message.send", ...INSIDE_ONLY],
  },
  assistant: {
    explain: {
      en: "A general assistant for trying things out: every tool is granted, and an action that changes something waits for a person while untrusted content is in play. Give agents in production a narrower role.",
      de: "Ein allgemeiner Assistent zum Ausprobieren: Alle Werkzeuge sind freigegeben; solange nicht vertrauenswürdige Inhalte im Spiel sind, wartet jede ändernde Aktion auf einen Menschen. Geben Sie Agenten im Betrieb eine engere Rolle.",
    },
    read: ["*"],
    write: ["*"],
    deny: ["skill.install", "process.run"],
  },
} as const satisfies Readonly<Record<string, ReadyRole>>;
