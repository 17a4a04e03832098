/**
 * The least that an MCP gateway costs which reads what passes: each message parsed and written anew, both ways, nothing else. Over HTTP
 * in front of the address it is given, or, told `stdio`, in front of the program that follows.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Pool } from "undici";
import { listening } from "./listening.ts";

const again = (text: string): string => JSON.stringify(JSON.parse(text));
const [, , first = "", ...command] = process.argv;

if (first === "stdio") {
  const child = spawn(command[0] as string, command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  createInterface({ input: process.stdin })
    .on("line", (line) => child.stdin.write(`${again(line)}\n`))
    .on("close", () => child.stdin.end());
  createInterface({ input: child.stdout }).on("line", (line) => process.stdout.write(`${again(line)}\n`));
} else {
  const pool = new Pool(first, { connections: 256 });
  listening(
    createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", async () => {
        const answer = await pool.request({
          path: "/mcp",
          method: "POST",
          body: again(Buffer.concat(pieces).toString()),
          headers: { "content-type": "application/json" },
        });
        const body = again(await answer.body.text());
        response.writeHead(answer.statusCode, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
      });
    }),
  );
}
