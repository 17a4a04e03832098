import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Api } from "./api.ts";
import { differs } from "./as-asked.ts";
import { itemsOf } from "./items.ts";
import { MANAGED, OWNER, POLICY, POLICY_OBJECT } from "./objects.ts";
import { metadataOf } from "./pod.ts";

/** Labels that the cluster puts on the pods of a job. */
const PUT_ON = ["job-name", "controller-uid", "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid"];

/**
 * Makes sure that nothing may reach a pod of ours, nor it anything, as far as the cluster is told. INVARIANT: policies add up, and what one of
 * them allows is allowed; so any other in the namespace that may be for our pods and allows something is a refusal.
 */
export async function closeOff(api: Api): Promise<void> {
  const path = `/apis/networking.k8s.io/v1/namespaces/${api.namespace}/networkpolicies`;
  const look = async () => itemsOf(await api.ask("GET", path), "NetworkPolicyList");
  const ours = (all: readonly JsonObject[]) => all.find((one) => metadataOf(one).name === POLICY);
  let all = await look();
  if (ours(all) === undefined) {
    // 409: somebody was quicker; what lies there is looked at in any case.
    await api.ask("POST", path, POLICY_OBJECT);
    all = await look();
  }
  const spec = ours(all)?.["spec"];
  if (spec === undefined || differs(POLICY_OBJECT.spec, spec) !== undefined)
    throw new HoldfastError("unavailable", `the NetworkPolicy \`${POLICY}\` is not as Holdfast made it; delete it, and it is made anew`);
  if (all.some((one) => metadataOf(one).name !== POLICY && opens(one["spec"])))
    throw new HoldfastError("unavailable", "another NetworkPolicy of the namespace may open a way for Holdfast's pods; give them a namespace of their own");
}

function opens(spec: Json | undefined): boolean {
  if (!isObject(spec)) return true;
  const allows = [spec["ingress"], spec["egress"]].some((rules) => rules !== undefined && rules !== null && (!isArray(rules) || rules.length > 0));
  return allows && mayBeFor(spec["podSelector"]);
}

/** False only where it is certain. */
function mayBeFor(selector: Json | undefined): boolean {
  const labels: JsonObject = MANAGED;
  const mayBe = (key: string, isSo: (value: string) => boolean): boolean =>
    Object.hasOwn(labels, key) ? isSo(labels[key] as string) : key === OWNER || PUT_ON.includes(key);
  if (!isObject(selector)) return true;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (!isObject(matchLabels) || !isArray(matchExpressions)) return true;
  return (
    Object.entries(matchLabels).every(([key, value]) => mayBe(key, (own) => own === value)) &&
    matchExpressions.every((one) => {
      const { key, operator, values } = isObject(one) ? one : ({} as JsonObject);
      if (typeof key !== "string") return true;
      if (operator === "Exists") return mayBe(key, () => true);
      return operator !== "In" || !isArray(values as Json) || mayBe(key, (own) => (values as readonly Json[]).includes(own));
    })
  );
}
