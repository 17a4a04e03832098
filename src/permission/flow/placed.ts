/** The path of an argument for a record. Names are the peer's: of one that is no plain word only its place is kept, so that a record holds no sentence and no address. */
export const placed = (path: string): string =>
  path
    .slice(0, 200)
    .split("/")
    .map((step) => (/^(?:[A-Za-z_][A-Za-z_-]{0,40}\d{0,3}|\d{1,4})$/.test(step) ? step : "_"))
    .join("/");
