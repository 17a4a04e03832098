/** The bytes of standard base64, or undefined for anything that is not exactly how those bytes are written: one note has one spelling. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
