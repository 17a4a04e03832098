/** The least a proxy costs in Node: bytes in, bytes out, nothing read. */
import { createServer } from "node:http";
import { Pool } from "undici";
import { listening } from "./listening.ts";

const pool = new Pool(process.argv[2] as string, { connections: 256 });

listening(
  createServer((request, response) => {
    const headers = { "content-type": "application/json", "content-length": request.headers["content-length"] ?? "0" };
    pool.dispatch(
      { path: request.url as string, method: "POST", body: request, headers },
      {
        onRequestStart() {},
        onResponseStart(_, status, received) {
          response.writeHead(status, { "content-type": String(received["content-type"]) });
        },
        onResponseData(controller, piece) {
          if (response.write(piece)) return;
          controller.pause();
          response.once("drain", () => controller.resume());
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError(_, error) {
          response.destroy(error);
        },
      },
    );
  }),
);
