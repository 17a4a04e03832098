/** A name server over UDP, as small as it can be and real: it answers A and AAAA from a table that a test may change between two questions. */
import { createSocket } from "node:dgram";
import { bytesOf } from "../../src/core/address.ts";

export interface NameServer {
  /** `127.0.0.1:port`. */
  readonly at: string;
  /** Every name that was asked for, in order. */
  readonly asked: string[];
  /** What a name has, or what it has the first time, the second time and so on. */
  readonly names: Map<string, readonly string[] | ((time: number) => readonly string[])>;
  close(): Promise<void>;
}

const [A, AAAA] = [1, 28];

export async function nameServer(): Promise<NameServer> {
  const names: NameServer["names"] = new Map();
  const asked: string[] = [];
  const times = new Map<string, number>();
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => {
    const labels: string[] = [];
    let at = 12;
    for (; question[at] !== 0; at += question[at]! + 1) labels.push(question.toString("latin1", at + 1, at + 1 + question[at]!));
    const name = labels.join(".").toLowerCase();
    const type = question.readUInt16BE(at + 1);
    if (type === A) asked.push(name);
    const time = (times.get(`${name} ${type}`) ?? 0) + 1;
    times.set(`${name} ${type}`, time);
    const has = names.get(name);
    const all = (typeof has === "function" ? has(time) : (has ?? [])).map((address) => bytesOf(address) as readonly number[]);
    const fitting = all.filter(({ length }) => (type === A && length === 4) || (type === AAAA && length === 16));
    const head = Buffer.from(question.subarray(0, at + 5));
    head.writeUInt16BE(has === undefined ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(fitting.length, 6);
    head.writeUInt32BE(0, 8);
    const answers = fitting.map((bytes) => {
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt16BE(bytes.length, 10);
      return Buffer.concat([record, Buffer.from(bytes)]);
    });
    socket.send(Buffer.concat([head, ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { at: `127.0.0.1:${socket.address().port}`, asked, names, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}
