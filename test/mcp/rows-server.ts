/** A table in a real SQLite, and the tools over it: as a server of its own over standard input and output, or for a server that a test runs. */
import { DatabaseSync } from "node:sqlite";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, type CallToolResult, ListToolsRequestSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";

const city = { city: { type: "string" } };
export const ROW_TOOLS: Tool[] = [
  { name: "count_rows", description: "How many customers there are.", inputSchema: { type: "object", properties: city } },
  { name: "find_rows", description: "The customers themselves.", inputSchema: { type: "object", properties: city } },
  { name: "delete_rows", description: "Deletes customers.", inputSchema: { type: "object", properties: { ...city, dry_run: { type: "boolean" } } } },
  { name: "purge_rows", description: "Deletes customers, and knows no dry run.", inputSchema: { type: "object", properties: city } },
];

export interface Rows {
  readonly answer: (name: string, args: Record<string, unknown>) => CallToolResult;
  add(city: string, count: number): void;
  /** How many are left. */
  count(city: string): number;
  clear(): void;
}

export function openRows(file = ":memory:"): Rows {
  const db = new DatabaseSync(file);
  db.exec("create table if not exists customers (id integer primary key, city text)");
  const number = (where: string): number => Number(db.prepare("select count(*) as n from customers where city = ?").get(where)?.["n"]);
  const said = (value: object): CallToolResult => ({ content: [{ type: "text", text: JSON.stringify(value) }], structuredContent: { ...value } });
  return {
    answer(name, args) {
      const where = String(args["city"]);
      if (name === "count_rows") return said({ rows: number(where) });
      if (name === "find_rows")
        return said({
          ids: db
            .prepare("select id from customers where city = ?")
            .all(where)
            .map(({ id }) => id),
        });
      if (name === "delete_rows" && args["dry_run"] === true) return said({ would_delete: number(where) });
      return said({ deleted: Number(db.prepare("delete from customers where city = ?").run(where).changes) });
    },
    add(where, count) {
      const insert = db.prepare("insert into customers (city) values (?)");
      db.exec("begin");
      for (let n = 0; n < count; n++) insert.run(where);
      db.exec("commit");
    },
    count: number,
    clear: () => db.exec("delete from customers"),
  };
}

if (import.meta.main) {
  const rows = openRows(process.argv[2]);
  const server = new Server({ name: "rows", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: ROW_TOOLS }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => rows.answer(params.name, params.arguments ?? {}));
  await server.connect(new StdioServerTransport() as never);
}
