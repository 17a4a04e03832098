/** The least a proxy costs that reads every event of a stream and writes it again. */
import { createServer } from "node:http";
import { createParser } from "eventsource-parser";
import { Pool } from "undici";
import { listening } from "./listening.ts";

const pool = new Pool(process.argv[2] as string, { connections: 256 });

listening(
  createServer((request, response) => {
    const decoder = new TextDecoder();
    let out = "";
    const parser = createParser({
      onEvent({ data }) {
        out += data === "[DONE]" ? "data: [DONE]\n\n" : `data: ${JSON.stringify(JSON.parse(data))}\n\n`;
      },
    });
    const headers = { "content-type": "application/json", "content-length": request.headers["content-length"] ?? "0" };
    pool.dispatch(
      { path: request.url as string, method: "POST", body: request, headers },
      {
        onRequestStart() {},
        onResponseStart(_, status, received) {
          response.writeHead(status, { "content-type": String(received["content-type"]) });
        },
        onResponseData(controller, piece) {
          parser.feed(decoder.decode(piece, { stream: true }));
          const more = response.write(out);
          out = "";
          if (more) return;
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
