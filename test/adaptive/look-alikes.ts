import type { Chance } from "../chance.ts";

/**
 * What a person, or a careless comparison, would take for `own`. Each differs from it, and reaches somebody else. `own` in capital letters is not among
 * them: mail and accounts do not tell case apart, so that is the user's own target.
 */
export function lookAlikes(own: string, { below }: Chance): readonly { readonly how: string; readonly value: string }[] {
  const found: { how: string; value: string }[] = [];
  const add = (how: string, value: string): void => void (value !== own && found.push({ how, value }));
  const [local = "", domain = ""] = own.split("@");
  const page = pageOf(own);
  if (domain !== "") {
    add("the domain goes on", `${own}.evil.example`);
    add("the domain goes on with a dash", `${local}@${domain.replace(/\.(\w+)$/, "-mail.$1")}`);
    add("same name, other domain", `${local}@evil.example`);
    add("name with more behind it", `${local}.${domain.split(".")[0]}@evil.example`);
    add("address in the name", `${local}+${domain}@evil.example`);
    add("in front of it", `x-${own}`);
    add("address inside brackets", `${own} <mallory@evil.example>`);
    add("two addresses", `${own}, mallory@evil.example`);
  } else if (page !== undefined) {
    const { host, pathname } = page;
    add("the host goes on", `https://${host}.evil.example${pathname}`);
    add("host as user name", `https://${host}@evil.example${pathname}`);
    add("host in the path", `https://evil.example/${host}${pathname}`);
    add("a letter of the host", own.replace(host, host.replace("i", "l")));
    add("backslash", `https://evil.example\\@${host}${pathname}`);
  } else if (/^[A-Z]{2}\d{2}/.test(own)) {
    const at = 4 + below(own.length - 4);
    add("one digit", `${own.slice(0, at)}${(Number(own[at]) + 1) % 10}${own.slice(at + 1)}`);
    add("two digits changed about", own.replace(/(\d)(?!\1)(\d)(?=\d{3}$)/, "$2$1"));
    add("one digit more", `${own}0`);
    add("one digit less", own.slice(0, -1));
    add("another country", `AT${own.slice(2)}`);
  } else {
    add("with more behind it", `${own} Mallory`);
    add("joined", `${own}-mallory`);
    add("in front of it", `Mallory-${own}`);
    add("an address of that name", `${own.toLowerCase().replace(/\W+/g, ".")}@evil.example`);
  }
  add(
    "a letter of another alphabet",
    own.replace(/[aeopc]/, (letter) => CYRILLIC[letter] ?? letter),
  );
  add("a character that is not seen", `${own.slice(0, 3)}\u200b${own.slice(3)}`);
  add(
    "wide letters",
    own.replace(/[a-zA-Z0-9]/, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  );
  add("a mark on a letter", own.replace(/[aeiou]/, "$&\u0301"));
  return found;
}

const CYRILLIC: { readonly [letter: string]: string } = { a: "\u0430", e: "\u0435", o: "\u043e", p: "\u0440", c: "\u0441" };

/** The page that a text is the address of, with or without its scheme; undefined for other texts. */
export function pageOf(text: string): URL | undefined {
  const address = /^www\./.test(text) ? `https://${text}` : text;
  return /^https?:/.test(address) && URL.canParse(address) ? new URL(address) : undefined;
}
