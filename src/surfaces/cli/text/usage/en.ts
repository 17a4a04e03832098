/** What the parser of the command line says. */
export const usage = {
  error: "error:",
  warning: "warning:",
  lang: "of what is said (default: as the environment says), and of a template (default: en)",
  version: "print the version",
  after:
    "\nData goes to standard output, words to standard error. Exit codes: 0 ok, 1 error, 2 usage, 100 findings.\nStart with: npm start, or: holdfast serve --init",
  example: "Example",
  more: (command: string): string => `(\`${command} --help\` shows how it is used)`,
  whole: "it must be a number from 1 to 999999.",
  bug: (code: string): string => `something went wrong in Holdfast itself (${code})`,
  /** What Commander says by itself, in its English, and what it puts around words of ours. */
  said: (text: string): string => text,
};
