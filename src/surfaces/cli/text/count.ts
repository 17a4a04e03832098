/** `1 agent`, `2 agents`; what has another plural says it. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

/** ` (a, b)` where there is something, else nothing. */
export const when = (text: string | undefined, say: (text: string) => string): string => (text === undefined ? "" : say(text));
