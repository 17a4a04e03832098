import type { Json } from "../../core/json.ts";
import type { ToolAct } from "./tool-act.ts";
import type { Deed } from "./vocabulary.ts";
import { lookUp, wordsOfName } from "./words.ts";

/**
 * What a value is for. `target`: whom or what the effect reaches. `object`: the thing acted upon. `secret`: a credential. `command`: is
 * executed. `amount`, `content`, `when`: what they say. `option`: anything else.
 */
export type ArgumentRole = "target" | "object" | "secret" | "command" | "amount" | "content" | "when" | "option";

/** One value of the arguments, with the path it stands at. */
export interface Argument {
  readonly path: string;
  readonly role: ArgumentRole;
  readonly value: string;
}

const ROLES: ReadonlyMap<string, ArgumentRole> = new Map(
  Object.entries({
    target: `to cc bcc recipient participant attendee invitee guest user username email mail channel group url uri href link host hostname webhook endpoint domain server
      iban account phone member contact receiver assignee customer address website page destination beneficiary payee people person reviewer empfaenger konto kanal adresse`,
    object: `id ids file files path filename folder dir directory name event key branch issue ticket repo repository source object item record node document attachment attachments
      hotel restaurant product flight room company company_type datei pfad`,
    secret: "password passcode pin otp secret token credential credentials passwort kennwort",
    command: "command cmd code script sql expression program shell befehl",
    amount: "amount price quantity qty total sum fee budget betrag anzahl",
    content: `body subject text content contents message description title comment note notes summary caption query input values value question answer reason
      nachricht betreff inhalt titel`,
    when: "date time start end day due until when deadline at from datum zeit",
  } satisfies Partial<Record<ArgumentRole, string>>).flatMap(([role, words]) => words.split(/\s+/).map((word) => [word, role as ArgumentRole] as const)),
);

/** Changing what is one's own: where a street or a name goes there, it is what is said, not whom it reaches. */
function isOwn({ deeds, things }: ToolAct): boolean {
  return deeds.includes("change") && things.includes("profile") && !things.includes("message") && !deeds.some((deed) => REACHING.has(deed));
}
const REACHING: ReadonlySet<Deed> = new Set(["send", "pay", "grant"]);

/** The last telling word of a name decides: `user_email` is an address, `file_id` an object, `start_time` a time. */
export function roleOf(name: string, act: ToolAct): ArgumentRole {
  const words = wordsOfName(name);
  for (const word of words.toReversed()) {
    const role = lookUp(ROLES, word);
    if (role === undefined) continue;
    // What is filled into a form is said, whatever the field is called.
    if (role === "object" && act.deeds.includes("fill") && words.some((one) => one === "input")) return "content";
    if (role === "target" && isOwn(act)) return "content";
    return role;
  }
  return "option";
}

/** Where the name says nothing the value may: a word is a setting; what could address somebody or something is taken to do so. */
function roleOfValue(value: string | number): ArgumentRole {
  if (typeof value !== "string" || DATE.test(value)) return "option";
  return value.length >= 6 && !/\s/.test(value.trim()) && /[\d@./:\\]/.test(value) ? "target" : "option";
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+Z?)?$/;

/** The most values of one call that are looked at; a call with more is not understood. */
export const MOST_ARGUMENTS = 2_000;

/**
 * A list of addresses in one text, or one with the name of whom it is of, as they stand in the head of a mail: each is a value of its own. Undefined
 * for what is no such list, and for an address alone.
 */
function addressed(text: string): readonly Pick<Argument, "role" | "value">[] | undefined {
  if (text.length > LONGEST_LIST || !text.includes("@") || !/[<,;\s]|^mailto:/i.test(text)) return undefined;
  const found: Pick<Argument, "role" | "value">[] = [];
  for (const entry of text.split(/[,;]/)) {
    if (entry.trim() === "") continue;
    const [, name = "", inside] = /^([^<>@]*)<([^<>\s]+)>$/.exec(entry.trim()) ?? [];
    const address = (inside ?? entry).trim().replace(/^mailto:/i, "");
    if (!/^[^\s@<>?"]+@[^\s@<>?"]+$/.test(address)) return undefined;
    found.push({ role: "target", value: address });
    // What is called so is said to whoever gets it.
    if (name.trim() !== "") found.push({ role: "content", value: name.trim().replace(/^"|"$/g, "") });
  }
  return found.length > 0 ? found : undefined;
}
const LONGEST_LIST = 20_000;

/** What no field is called, but somebody or something is: an address, a path, a number, an id in capitals. */
const NO_FIELD = /[@./:\\]|^[+#]|^\+?\d[\d\s()-]{4,}$|^(?=[A-Z]*\d)[A-Z\d]{6,}$/;
/** What a name means that stands among values of this role; among others it is whom or what the call reaches. */
const KEEPS: ReadonlySet<ArgumentRole> = new Set(["object", "command", "content", "secret"]);

/** All values of a call's arguments, and the names that are values themselves; lists and objects taken apart. Undefined if there are too many. */
export function argumentsOf(args: { readonly [name: string]: Json }, act: ToolAct): readonly Argument[] | undefined {
  const found: Argument[] = [];
  let tooMany = false;
  // ATTACK: `permissions: { "eve@evil.example": "editor" }`: whom it goes to stands where names of fields do.
  const name = (key: string, item: Json, path: string, role: ArgumentRole): void => {
    const isValue = NO_FIELD.test(key) ? !DATE.test(key) : role === "target" && (item === null || typeof item === "boolean");
    if (isValue) found.push({ path: path === "" ? key : `${path}/${key}`, role: KEEPS.has(role) ? role : "target", value: key });
  };
  const walk = (node: Json, path: string, role: ArgumentRole, depth: number): void => {
    tooMany ||= found.length > MOST_ARGUMENTS || depth > 64;
    if (tooMany) return;
    const written = typeof node === "string" && role !== "content" ? addressed(node) : undefined;
    if (written !== undefined) for (const one of written) found.push({ path, ...one });
    else if (typeof node === "string" || typeof node === "number")
      found.push({ path, role: role === "option" ? roleOfValue(node) : role, value: String(node) });
    else if (Array.isArray(node)) for (const [index, item] of node.entries()) walk(item, `${path}/${index}`, role, depth + 1);
    else if (typeof node === "object" && node !== null)
      for (const [key, item] of Object.entries(node)) {
        if (tooMany) return;
        name(key, item, path, role);
        const own = roleOf(key, act);
        walk(item, `${path}/${key}`, own === "option" ? role : own, depth + 1);
      }
  };
  for (const [key, value] of Object.entries(args)) {
    name(key, value, "", "option");
    walk(value, key, roleOf(key, act), 0);
  }
  return tooMany || found.length > MOST_ARGUMENTS ? undefined : found;
}
