/** What the first bytes of a tunnel say of where they want to go. */
export type Hello =
  /** Not enough bytes yet. */
  | { readonly kind: "more" }
  | { readonly kind: "not-tls" }
  /** `name`: the host it names; absent where it names none. */
  | { readonly kind: "tls"; readonly name?: string };

const MOST = 16 * 1024;
/** A real one lies in one, or in two or three. */
const MOST_RECORDS = 8;
const MORE: Hello = { kind: "more" };
const NOT_TLS: Hello = { kind: "not-tls" };
const [HANDSHAKE, CLIENT_HELLO, SERVER_NAME, HOST_NAME] = [22, 1, 0, 0];

/**
 * Reads the server name out of a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3). Every length is checked against what is there; what does not
 * fit, says two things or is longer than any real one is no TLS. A hello whose true name is encrypted (ECH) names its provider's.
 */
export function readHello(bytes: Buffer): Hello {
  const message = handshake(bytes);
  if (message === undefined) return NOT_TLS;
  if (message === "more") return bytes.length > MOST ? NOT_TLS : MORE;
  const read = reader(message);
  read.skip(2 + 32); // version, random
  read.skip(read.number(1)); // session
  read.skip(read.number(2)); // ciphers
  read.skip(read.number(1)); // compression
  const extensions = reader(read.take(read.number(2)));
  let name: string | undefined;
  while (extensions.left() > 0 && !extensions.broken()) {
    const type = extensions.number(2);
    const body = extensions.take(extensions.number(2));
    if (type !== SERVER_NAME) continue;
    const list = reader(body);
    const one = reader(list.take(list.number(2)));
    const kind = one.number(1);
    const text = one.take(one.number(2)).toString("latin1");
    // Two names, or two lists of names, are two answers to one question.
    if (name !== undefined || kind !== HOST_NAME || one.left() > 0 || list.left() > 0 || one.broken() || list.broken()) return NOT_TLS;
    name = text.toLowerCase();
  }
  if (read.broken() || read.left() > 0 || extensions.broken()) return NOT_TLS;
  return name === undefined ? { kind: "tls" } : { kind: "tls", name };
}

/** The ClientHello's body, which may lie in several records. */
function handshake(bytes: Buffer): Buffer | "more" | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; pieces.length < MOST_RECORDS; ) {
    if (at < bytes.length && bytes[at] !== HANDSHAKE) return undefined;
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) return undefined;
    if (at + 5 > bytes.length) return "more";
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > MOST) return undefined;
    const piece = bytes.subarray(at + 5, at + 5 + length);
    const message = Buffer.concat([...pieces, piece]);
    if (message.length > 0 && message[0] !== CLIENT_HELLO) return undefined;
    const whole = message.length < 4 ? 4 : 4 + message.readUIntBE(1, 3);
    if (whole > MOST) return undefined;
    if (message.length >= whole && message.length >= 4 && whole > 4) return message.subarray(4, whole);
    if (piece.length < length) return "more";
    pieces.push(piece);
    at += 5 + length;
  }
  return undefined;
}

/** Reads on from where it is; past the end it is broken, and gives nothing. */
function reader(bytes: Buffer) {
  let [at, broken] = [0, false];
  const take = (length: number): Buffer => {
    if (broken || at + length > bytes.length) broken = true;
    const taken = broken ? Buffer.alloc(0) : bytes.subarray(at, at + length);
    at += taken.length;
    return taken;
  };
  return {
    take,
    skip: (length: number): void => void take(length),
    number(size: 1 | 2): number {
      const taken = take(size);
      return broken ? 0 : taken.readUIntBE(0, size);
    },
    left: (): number => bytes.length - at,
    broken: (): boolean => broken,
  };
}
