/** A file as a `data:` URL, put into the bundle: the page may not fetch it. */
declare module "*?inline" {
  const url: string;
  export default url;
}
