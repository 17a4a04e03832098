import { type DestinationStream, type LevelWithSilent, pino } from "pino";

/** Facts of a log line: ids, codes and numbers of ours. */
export type LogFacts = { readonly [name: string]: string | number | boolean | undefined };

/** A log that people and collectors read: one JSON object a line. */
export interface Log {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}

/**
 * Writes to `destination` (standard error where none is given, because standard output is for data). Nothing structured is ever logged:
 * no request, no error object, no content; and a text that is not a plain word of ours is replaced, so that a line cannot be forged.
 */
export function createLog(options: { readonly level: LevelWithSilent; readonly destination?: DestinationStream }): Log {
  const log = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, options.destination ?? pino.destination(2));
  return {
    debug: (facts, message) => log.debug(plain(facts), message),
    info: (facts, message) => log.info(plain(facts), message),
    warn: (facts, message) => log.warn(plain(facts), message),
    error: (facts, message) => log.error(plain(facts), message),
  };
}

// Long enough for ids, model names and addresses. Keys are 52 characters without a separator and never get here; see the test.
const WORD = /^[\w .:/@+,()-]{0,200}$/;
const KEY = /(hf_|sk-|Bearer )/;

function plain(facts: LogFacts): LogFacts {
  const out: { [name: string]: string | number | boolean | undefined } = {};
  for (const [name, value] of Object.entries(facts)) {
    out[name] = typeof value === "string" && (!WORD.test(value) || KEY.test(value)) ? "(withheld)" : value;
  }
  return out;
}
