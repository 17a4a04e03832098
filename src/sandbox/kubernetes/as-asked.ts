import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";

/** What a cluster may put in that was not asked for: where a pod runs, and what it does about places and accounts. Nothing that opens it. */
const ADDED: { readonly [where: string]: readonly string[] } = {
  spec: [
    ...["nodeName", "nodeSelector", "tolerations", "schedulerName", "overhead"],
    ...["priority", "priorityClassName", "preemptionPolicy", "serviceAccount", "serviceAccountName", "imagePullSecrets"],
  ],
  "spec.containers": ["terminationMessagePath", "terminationMessagePolicy"],
};

/**
 * Where a pod's specification is not what was asked for; undefined where it is. INVARIANT: nothing that was asked for is missing or another,
 * and nothing was added but what stands above. Whatever in a cluster changes pods on their way (a sidecar, a mount, a wider right) is seen here.
 */
export function differs(asked: Json | undefined, is: Json | undefined, where = "spec"): string | undefined {
  if (asked === undefined || is === undefined) return OMITTED.test(where) && (asked === false || asked === "") ? undefined : where;
  if (isArray(asked)) {
    if (!isArray(is) || is.length !== asked.length) return where;
    return first(asked.map((one, at) => differs(one, is[at], where)));
  }
  if (isObject(asked)) {
    if (!isObject(is)) return where;
    const added = Object.keys(is).filter((key) => !Object.hasOwn(asked, key) && !isEmpty(is[key]) && ADDED[where]?.includes(key) !== true);
    if (added.length > 0) return `${where}.${added[0]}`;
    return first(Object.keys(asked).map((key) => differs(asked[key], is[key], `${where}.${key}`)));
  }
  return asked === is || sameQuantity(asked, is, where) ? undefined : where;
}

const first = (all: readonly (string | undefined)[]): string | undefined => all.find((one) => one !== undefined);

/** Where the API leaves out a no, because left out means no. Of most other fields it means a yes. */
const OMITTED = /\.(?:hostNetwork|hostPID|hostIPC|tty|value)$/;

/** INVARIANT: not 0, and not false: both say something where a field was left out. */
function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

const SIZES: JsonObject = { m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** `1000m` comes back as `1`, and `536870912` may as `512Mi`. */
function sameQuantity(asked: Json, is: Json, where: string): boolean {
  if (!/\.(?:limits|requests)\.[a-z-]+$|\.sizeLimit$/.test(where)) return false;
  const [one, other] = [asked, is].map((given) => {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(m|k|[MGT]|[KMGT]i)?$/.exec(String(given)) ?? [];
    return number === undefined ? Number.NaN : Number(number) * (SIZES[unit] as number);
  });
  return one === other;
}
