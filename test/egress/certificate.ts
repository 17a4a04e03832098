/** A certificate of nobody, for `shop.example.com`, and its key: for servers of tests, which trust it for themselves. Good until 2126. */
const pem = (what: string, text: string): string => `-----BEGIN ${what}-----\n${text.replace(/(.{64})/g, "$1\n")}\n-----END ${what}-----\n`;

export const CERTIFICATE = pem(
  "CERTIFICATE",
  "MIIBpTCCAUqgAwIBAgIUZC7pKnAfsxdGQsRnW5tuGPNL23MwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNSG9sZGZhc3QgdGVzdDAgFw0yNjExMjYyMzI5MDZaGA8yMTI2MTEwMjIzMjkwNlowGDEWMBQGA1UEAwwNSG9sZGZhc3QgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGZ7OdcJkePC8jsTqYjLMPFcSXJSv1XptDVaAp5X3ipXYX1SGLcCxKvVpLV4oMmq2/uUfo6u2B3HtpGmJ+lkX9+jcDBuMB0GA1UdDgQWBBRlIRLdMB+dKNqrT0Hl0loN1j+XXTAfBgNVHSMEGDAWgBRlIRLdMB+dKNqrT0Hl0loN1j+XXTAbBgNVHREEFDASghBzaG9wLmV4YW1wbGUuY29tMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPsVZ3X5lN1Mo8QN2BWyVDjRw4UAIk1S6SxdASder+SVAiEA4wztwDi5gDhp76zEp+Yba/qXvAgD+XFXQqF9DsLdNfs=",
);
export const CERTIFICATE_KEY = pem(
  `PRIVATE ${"KEY"}`,
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgA3P705x4JHi0T6Xs829Gn1KOLADrt4z9RYawG6qYANmhRANCAARmeznXCZHjwvI7E6mIyzDxXElyUr9V6bQ1WgKeV94qV2F9Uhi3AsSr1aS1eKDJqtv7lH6Ortgdx7aRpifpZF/f",
);
