import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The server's side of a WebSocket (RFC 6455), as much of it as an attached input takes: whole binary messages in, and the end. */
export function accept(request: IncomingMessage, socket: Duplex, protocol: string, take: { message(data: Buffer): void; closed(): void }): void {
  const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );
  let rest = Buffer.alloc(0);
  socket.on("data", (piece: Buffer) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      if (rest.length < 2) return;
      const short = (rest[1] as number) & 0x7f;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (rest.length < head + 4) return;
      const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
      if (rest.length < head + 4 + length) return;
      const mask = rest.subarray(head, head + 4);
      const data = Buffer.from(rest.subarray(head + 4, head + 4 + length)).map((byte, at) => byte ^ (mask[at % 4] as number));
      const kind = (rest[0] as number) & 0xf;
      rest = rest.subarray(head + 4 + length);
      if (kind === 2) take.message(Buffer.from(data));
      if (kind === 8) {
        socket.end(Buffer.from([0x88, 0]));
        take.closed();
      }
    }
  });
  socket.on("close", take.closed).on("error", () => {});
}
