/** Names in a sentence: each between backticks, by which the sentence is known in another language. */
export const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
