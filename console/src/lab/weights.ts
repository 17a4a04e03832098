/** The bytes of a file that lies in the bundle as a `data:` URL. */
export const bytesOf = (url: string): Uint8Array => Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (sign) => sign.charCodeAt(0));
