import { deny, NEUTRAL } from "../../core/decision.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import { argumentsOf } from "../flow/argument-role.ts";
import { actOf, bareName } from "../flow/tool-act.ts";
import type { Control } from "./control.ts";

const DECIDES = deny({ id: "flow/handle", text: "a handle stands where it would decide whom or what the action reaches: what it holds was read by nobody" });

const HANDLE = /hf:\/\//i;

/** Most texts hold no address of any kind, which is told for less than the expression costs. */
export const isHandle = (text: string): boolean => text.includes("://") && HANDLE.test(text);

/** Keys included. Recursion is safe: the depth of arguments is bounded. */
function holdsHandle(value: Json): boolean {
  if (typeof value === "string") return isHandle(value);
  if (isArray(value)) return value.some(holdsHandle);
  if (!isObject(value)) return false;
  for (const key of Object.keys(value)) if (isHandle(key) || holdsHandle(value[key] as Json)) return true;
  return false;
}

function namesHandle(value: Json): boolean {
  if (isArray(value)) return value.some(namesHandle);
  return isObject(value) && Object.entries(value).some(([name, item]) => isHandle(name) || namesHandle(item));
}

/** Text that nobody has read may be what an action says, never whom it reaches, what it acts upon, how much, or what is run. */
export const handleControl: Control = {
  id: "handle",
  check({ action }) {
    const { type, tool = type, args } = action;
    if (args === undefined || !holdsHandle(args)) return NEUTRAL;
    // As the name of a field it would reach the server as it stands, and servers take such names for whom something is shared with.
    if (namesHandle(args)) return DECIDES;
    const found = argumentsOf(args, actOf(bareName(tool)));
    // Where there is too much to say what each value is for, a handle may not stand anywhere.
    const decides = found === undefined || found.some(({ role, value }) => role !== "content" && isHandle(value));
    return decides ? DECIDES : NEUTRAL;
  },
};
