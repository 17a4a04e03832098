/** The least an HTTP answer costs. */
import { createServer } from "node:http";
import { listening } from "./listening.ts";

listening(
  createServer((request, response) =>
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end('{"hello":"world"}')),
  ),
);
