import { inspect } from "node:util";

const HIDDEN = "[secret]";

/**
 * A value that does not print: not in a log line, an error, a template literal, JSON or the debugger's `inspect`.
 * Only `reveal()` gives it away, so every place where a credential leaves can be found by searching for that word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
