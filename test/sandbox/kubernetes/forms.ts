/** The forms in which a cluster's API has its objects. */
import type { Json } from "../../../src/core/json.ts";

// biome-ignore lint/suspicious/noExplicitAny: what mutates foreign objects knows their form
export type Mutable = any;

export const KINDS: { readonly [plural: string]: readonly [kind: string, version: string] } = {
  jobs: ["Job", "batch/v1"],
  pods: ["Pod", "v1"],
  networkpolicies: ["NetworkPolicy", "networking.k8s.io/v1"],
};

export const versioned = (kind: string): object => ({ kind: KINDS[kind]?.[0], apiVersion: KINDS[kind]?.[1] });

export function selecting(selector: string | null): (object: Mutable) => boolean {
  const [key = "", value] = (selector ?? "").split("=");
  return ({ metadata }) => selector === null || (value === undefined ? metadata.labels?.[key] !== undefined : metadata.labels?.[key] === value);
}

export function closes({ podSelector, policyTypes, ingress, egress }: Mutable, labels: Mutable): boolean {
  const isFor = Object.entries(podSelector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return isFor && ["Ingress", "Egress"].every((one) => policyTypes.includes(one)) && [ingress, egress].every((rules) => rules === undefined);
}

const OMITTED = ["hostNetwork", "hostPID", "hostIPC", "tty"];

/** As the API gives it back: without what says nothing, and with quantities in its own way. */
export function canonical<Value extends Json>(value: Value, key = ""): Value {
  if (Array.isArray(value)) return value.map((one) => canonical(one as Json)) as unknown as Value;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, one]) => !(one === false && OMITTED.includes(name)) && one !== "" && !(Array.isArray(one) && one.length === 0))
        .map(([name, one]) => [name, canonical(one as Json, name)]),
    ) as Value;
  if (typeof value !== "string" || !["cpu", "memory", "ephemeral-storage", "sizeLimit"].includes(key)) return value;
  if (/^\d+000m$/.test(value)) return value.slice(0, -4) as Value;
  return (/^\d+$/.test(value) && Number(value) % 2 ** 20 === 0 ? `${Number(value) / 2 ** 20}Mi` : value) as Value;
}
